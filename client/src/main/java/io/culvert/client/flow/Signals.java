package io.culvert.client.flow;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.net.ClientLoop;
import io.culvert.client.net.RelayedPort;
import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.flow.CallData;
import io.culvert.wire.flow.CallData.End;
import io.culvert.wire.flow.CallData.Offer;
import io.culvert.wire.flow.CallData.Party;
import io.culvert.wire.flow.CallDataCodec;
import io.culvert.wire.flow.FlowMessage.Failure;
import io.culvert.wire.flow.FlowMessage.FromServer;
import io.culvert.wire.flow.FlowMessage.Relay;
import io.culvert.wire.flow.FlowMessage.SessionStarted;
import io.culvert.wire.flow.TurnCredentials;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * An account that is online, and what peers say to it, for whoever makes something else of that
 * than calls; not for applications. Confined to the loop, but where a method says otherwise.
 */
public final class Signals {
  /** Who is told what happens, on the loop. */
  public interface Observer {
    /** A call, its answer, or more to one of them. */
    void offered(Offer offer);

    /** It is over, or does not come about. */
    void ended(End end);

    /** The peer of the last call could not be told. */
    void undelivered();

    /** It is offline; it is tried again. */
    void offline(CulvertException why);

    /** It is online again. */
    void online();

    /** It stays offline. */
    void ended(CulvertException why);
  }

  /**
   * The numbers of a call that may begin.
   *
   * @param relayServer the STUN and TURN server, to be passed on to the peer
   * @param peerTurn the peer's credentials there, to be passed on, too
   */
  public record Session(
      Party me,
      Party peer,
      Optional<InetSocketAddress> relayServer,
      Optional<RelayedPort.Access> relay,
      Optional<TurnCredentials> peerTurn) {}

  private final ClientLoop loop;
  private final Presence presence;
  private final Observer observer;

  /** Not online yet. Any thread may call this. */
  public Signals(ClientLoop loop, FlowLogin login, Observer observer) {
    this.loop = loop;
    this.observer = observer;
    this.presence = new Presence(loop, login, new Incoming());
  }

  /** Goes online; the future ends with that, or with a {@link CulvertException}. */
  public CompletableFuture<Void> start() {
    return presence.start().thenApply(_ -> null);
  }

  /** The account's name as the server writes it. */
  public String account() {
    return presence.account().name();
  }

  /** Who may be asked for the reflexive address. */
  public CompletableFuture<List<InetSocketAddress>> stunServers() {
    Account account = presence.account();
    return account.stunServer().handle((_, _) -> StunServers.of(Optional.empty(), account));
  }

  /** What a call has told of a relay, if that can be used. */
  public Optional<RelayedPort.Access> relay(Offer offer) {
    return StunServers.relay(offer.relayServer(), offer.turn(), presence.account());
  }

  /** Asks for the numbers of a call; the future ends with a {@link CulvertException} otherwise. */
  public CompletableFuture<Session> session(String peer) {
    return presence.startSession(peer).thenCompose(answer -> session(peer, answer));
  }

  private CompletableFuture<Session> session(String peer, FromServer answer) {
    Account account = presence.account();
    return switch (answer) {
      case SessionStarted started ->
          CompletableFuture.completedFuture(
              new Session(
                  new Party(account.name(), started.sessionId()),
                  new Party(peer, started.sessionId() + 1),
                  started.relay(),
                  StunServers.relay(started.relay(), started.turn(), account),
                  started.peerTurn().or(started::turn)));
      case Failure _ ->
          CompletableFuture.failedFuture(
              new CulvertException(
                  Reason.PEER_OFFLINE, "%s is not online at this server.".formatted(peer)));
      default -> CompletableFuture.failedFuture(Why.notFlow(account.signalServer().toString()));
    };
  }

  /** Tells a peer; false when that is not possible at the moment. */
  public boolean tell(CallData data) {
    return presence.tell(data);
  }

  /** Goes offline. */
  public void close() {
    presence.close();
    loop.close();
  }

  private final class Incoming implements Presence.Observer {
    @Override
    public void signalled(Relay signal) {
      CallData data;
      try {
        data = CallDataCodec.decode(signal);
      } catch (MalformedMessageException e) {
        return; // what makes no sense is ignored
      }
      switch (data) {
        case Offer offer -> observer.offered(offer);
        case End end -> observer.ended(end);
      }
    }

    @Override
    public void signalFailed(Relay.Kind kind) {
      observer.undelivered();
    }

    @Override
    public void onlineAgain() {
      observer.online();
    }

    @Override
    public void offline(CulvertException why) {
      observer.offline(why);
    }

    @Override
    public void ended(CulvertException why) {
      observer.ended(why);
    }
  }
}
