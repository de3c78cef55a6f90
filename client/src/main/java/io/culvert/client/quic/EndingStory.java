package io.culvert.client.quic;

import io.culvert.client.quic.Ending.Cause;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicConnectionCloseEvent;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is known of why a connection ends: of several reasons the one that explains most. */
final class EndingStory {
  /** The alert of {@link PeerCheck}, and its neighbours about certificates (RFC 8446 §6.2). */
  private static final int BAD_CERTIFICATE = 42;

  private static final int CERTIFICATE_EXPIRED = 45;
  private static final int CERTIFICATE_UNKNOWN = 46;

  private static final int NO_APPLICATION_PROTOCOL = 120;

  /**
   * What QUIC makes of an application's closing before the handshake is done (RFC 9000 §10.2.3).
   */
  private static final int APPLICATION_ERROR = 0x0c;

  private static final int MAX_REASON_LENGTH = 200;

  private final PeerCheck check;
  private @Nullable Ending decided;
  private @Nullable QuicConnectionCloseEvent byPeer;
  private @Nullable Throwable failure;

  EndingStory(PeerCheck check) {
    this.check = check;
  }

  /** This side ends it. */
  void ends(Ending why) {
    if (decided == null) {
      decided = why;
    }
  }

  /** This side has said nothing about why. */
  Ending closedHere(Ending why) {
    return new Ending(
        why.cause(), why.code(), "This side has closed the connection to " + check.peer() + ".");
  }

  /** The peer ends it. */
  void peerCloses(QuicConnectionCloseEvent event) {
    byPeer = event;
  }

  /** Something went wrong, which may or may not be the end. */
  void fails(Throwable cause) {
    failure = cause;
  }

  /** The handshake is done, but the peer has shown no certificate. */
  Ending unproven() {
    return new Ending(
        Cause.NOT_TRUSTED, 0, "Whoever answers for " + check.peer() + " has not shown who it is.");
  }

  /** Why it is over. Once asked, the answer stays. */
  Ending told(QuicChannel channel) {
    if (decided == null) {
      decided = tell(channel.isTimedOut());
    }
    return decided;
  }

  private Ending tell(boolean timedOut) {
    Optional<String> refusal = check.refusal();
    if (refusal.isPresent()) {
      return new Ending(Cause.NOT_TRUSTED, 0, refusal.get());
    }
    if (byPeer != null) {
      return toldByPeer(byPeer);
    }
    if (timedOut) {
      return new Ending(
          Cause.SILENCE, 0, "Nothing has come from " + check.peer() + " for too long.");
    }
    return broken(failure == null ? "" : ": " + failure.getMessage());
  }

  private Ending toldByPeer(QuicConnectionCloseEvent event) {
    if (event.isApplicationClose() || event.error() == APPLICATION_ERROR) {
      String reason = reason(event);
      return new Ending(
          Cause.CLOSED_BY_PEER,
          event.isApplicationClose() ? Integer.toUnsignedLong(event.error()) : 0,
          reason.isEmpty()
              ? "%s has closed the connection.".formatted(check.peer())
              : "%s has closed the connection: %s".formatted(check.peer(), reason));
    }
    return switch (QuicConnectionCloseEvent.extractTlsError(event.error())) {
      case BAD_CERTIFICATE, CERTIFICATE_EXPIRED, CERTIFICATE_UNKNOWN ->
          new Ending(
              Cause.NOT_TRUSTED_BY_PEER,
              0,
              "%s has got another identity from us than the server has told there. Somebody is in between, or this machine's identity has just changed."
                  .formatted(check.peer()));
      case NO_APPLICATION_PROTOCOL ->
          broken(": both sides have different versions of Culvert; update the older one");
      default -> broken(": the other side reports the error 0x%x".formatted(event.error()));
    };
  }

  private Ending broken(String why) {
    return new Ending(Cause.BROKEN, 0, "The connection to " + check.peer() + " broke" + why + ".");
  }

  /** It may be anything, and somebody may print it on a terminal. */
  private static String reason(QuicConnectionCloseEvent event) {
    byte[] bytes;
    try {
      bytes = event.reason();
    } catch (NullPointerException e) {
      return ""; // how Netty 4.2.18 says that there is none
    }
    String text = new String(bytes, StandardCharsets.UTF_8);
    return text.substring(0, Math.min(text.length(), MAX_REASON_LENGTH))
        .replaceAll("\\p{C}", "\ufffd");
  }
}
