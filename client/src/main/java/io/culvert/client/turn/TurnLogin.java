package io.culvert.client.turn;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.culvert.wire.flow.TurnCredentials;
import io.culvert.wire.stun.OpaqueString;
import io.culvert.wire.stun.StunAttribute;
import java.util.Optional;

/** Long-term credentials for a TURN server, RFC 8489 §9.2. */
public record TurnLogin(String username, String password) {
  /**
   * Checks that they can be said in STUN.
   *
   * @throws IllegalArgumentException when one of them is empty, too long, or has characters that
   *     neither may have
   */
  public TurnLogin {
    OpaqueString.of(password);
    if (OpaqueString.of(username).getBytes(UTF_8).length > StunAttribute.MAX_USERNAME_BYTES) {
      throw new IllegalArgumentException("a username of more than 508 bytes");
    }
  }

  /** Those that somebody has handed out; empty when they cannot be said in STUN. */
  public static Optional<TurnLogin> of(TurnCredentials handedOut) {
    try {
      return Optional.of(new TurnLogin(handedOut.username(), handedOut.credential()));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "TurnLogin[username=" + username + "]";
  }
}
