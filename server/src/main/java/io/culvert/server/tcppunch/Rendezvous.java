package io.culvert.server.tcppunch;

import io.culvert.wire.tcppunch.TcpPunchMessage.Introduce;
import io.culvert.wire.tcppunch.TcpPunchMessage.Introduction;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Who is online, and who is introduced to whom. Confined to one event loop, except for {@link
 * #online}.
 */
final class Rendezvous {
  private static final int SESSION_ID_BYTES = 16;

  /**
   * A client that is online.
   *
   * @param mailbox takes an introduction to the client, or answers false when it has no room for
   *     one
   */
  private record Session(String clientId, String sessionId, Predicate<Introduction> mailbox) {}

  private final SecureRandom random = new SecureRandom();
  private final Map<String, Session> byClientId = new HashMap<>();
  private final Map<String, Session> bySessionId = new HashMap<>();
  private volatile int online;

  /** The new session's id, or nothing when the ClientId is taken. */
  Optional<String> goOnline(String clientId, Predicate<Introduction> mailbox) {
    if (byClientId.containsKey(clientId)) {
      return Optional.empty();
    }
    byte[] secret = new byte[SESSION_ID_BYTES];
    random.nextBytes(secret);
    Session session = new Session(clientId, HexFormat.of().formatHex(secret), mailbox);
    byClientId.put(clientId, session);
    bySessionId.put(session.sessionId(), session);
    online = byClientId.size();
    return Optional.of(session.sessionId());
  }

  /** Frees the session's ClientId at once. */
  void goOffline(String sessionId) {
    Session session = bySessionId.remove(sessionId);
    if (session != null) {
      byClientId.remove(session.clientId());
      online = byClientId.size();
    }
  }

  /**
   * Passes an introduction on to its target.
   *
   * @param observed where the sender's tcp-a connection comes from
   * @return false when the session is unknown, when the target is not online, is the sender itself,
   *     or has too much unread, or when the sender has no IPv4 address to introduce
   */
  boolean introduce(Introduce request, InetSocketAddress observed) {
    Session sender = bySessionId.get(request.sessionId());
    Session target = byClientId.get(request.peerId());
    if (sender == null
        || target == null
        || sender.equals(target)
        || !(observed.getAddress() instanceof Inet4Address)) {
      return false;
    }
    return target
        .mailbox()
        .test(new Introduction(request.kind(), request.local(), observed, sender.clientId()));
  }

  /** How many clients are online. Thread-safe. */
  int online() {
    return online;
  }
}
