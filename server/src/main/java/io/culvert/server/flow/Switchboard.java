package io.culvert.server.flow;

import io.culvert.wire.flow.CallData.End;
import io.culvert.wire.flow.CallData.EndMode;
import io.culvert.wire.flow.CallData.Party;
import io.culvert.wire.flow.CallDataCodec;
import io.culvert.wire.flow.FlowMessage.Failure;
import io.culvert.wire.flow.FlowMessage.Relay;
import io.culvert.wire.flow.FlowMessage.Replaced;
import io.culvert.wire.flow.Head;
import io.culvert.wire.flow.SignalType;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/**
 * Who is online, and who is in a call with whom. Confined to one event loop, except for {@link
 * #online}.
 */
final class Switchboard {
  /** So many pairs of numbers fit into a signed int, which is what clients may keep them in. */
  private static final long SESSIONS = (1L << 30) - 1;

  private final Map<String, Client> clients = new HashMap<>();
  private final Calls calls = new Calls();
  private long session;
  private volatile int online;

  /** An account that is online on a connection. */
  static final class Client {
    private final String account;
    private final String token;
    private final Line line;

    private Client(String account, String token, Line line) {
      this.account = account;
      this.token = token;
      this.line = line;
    }

    String account() {
      return account;
    }

    String token() {
      return token;
    }
  }

  /**
   * Nobody is online yet.
   *
   * @param random where the numbers of sessions begin: those given out before a restart may still
   *     be in use
   */
  Switchboard(RandomGenerator random) {
    session = random.nextLong(SESSIONS);
  }

  /**
   * The account is online on this line from now on, and no longer on another. Its calls are its
   * calls still.
   */
  Client bind(String account, String token, Line line) {
    Client client = new Client(account, token, line);
    Client older = clients.put(account, client);
    online = clients.size();
    if (older != null && !older.line.equals(line)) {
      older.line.hangUp(new Replaced(Head.EMPTY, "replaced"), FlowCounter.REPLACED);
    }
    return client;
  }

  /** The client's connection is no longer its account's; whoever it was in a call with is told. */
  void unbind(Client client) {
    if (!clients.remove(client.account, client)) {
      return; // replaced
    }
    online = clients.size();
    Party gone = new Party(client.account, 0);
    for (String partner : calls.endAll(client.account)) {
      End end = new End(gone, new Party(partner, 0), EndMode.HANG_UP);
      Client other = clients.get(partner);
      if (other != null) {
        other.line.deliver(CallDataCodec.relay(Head.EMPTY, end));
      }
    }
  }

  /** The token is dead: whoever is online with it is no longer. */
  void revoke(String account, String token, String why) {
    Client client = clients.get(account);
    if (client != null && client.token.equals(token)) {
      unbind(client);
      client.line.hangUp(new Failure(Head.EMPTY, SignalType.HEART_BEAT, why), FlowCounter.REVOKED);
    }
  }

  /**
   * Numbers for a call.
   *
   * @return the caller's; the callee's is one more; nothing when there is nobody to call
   */
  OptionalLong startSession(Client from, String peer) {
    Client target = clients.get(peer);
    if (target == null || target.equals(from)) {
      return OptionalLong.empty();
    }
    session = session % SESSIONS + 1;
    return OptionalLong.of(2 * session);
  }

  /** Passes a signal on. */
  Delivery relay(Client from, Relay signal) {
    Client target = clients.get(signal.peerAccount());
    Delivery delivery =
        target == null || target.equals(from)
            ? Delivery.OFFLINE
            : target.line.deliver(signal.passedOn());
    switch (signal.kind()) {
      case CALL, ANSWER -> {
        if (delivery == Delivery.DELIVERED) {
          calls.begin(from.account, signal.peerAccount());
        }
      }
      case END -> calls.end(from.account, signal.peerAccount());
    }
    return delivery;
  }

  /** How many clients are online. Thread-safe. */
  int online() {
    return online;
  }

  /** How many calls have begun and not ended, as far as their signals tell. */
  int calls() {
    return calls.count();
  }
}
