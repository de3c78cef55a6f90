package io.culvert.wire.stun;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * How a nonce begins whose server has more to offer than RFC 5389 has, so that nobody on the way
 * can take the offer away unseen (RFC 8489 §9.2). The nonce's other characters follow.
 *
 * @param passwordAlgorithms whether the server takes {@code PASSWORD-ALGORITHM}
 * @param usernameAnonymity whether it takes {@code USERHASH} instead of a username
 */
public record NonceCookie(boolean passwordAlgorithms, boolean usernameAnonymity) {
  /** The characters that it takes of a nonce. */
  public static final int LENGTH = 13;

  private static final String MARK = "obMatJos2";

  // 24 bits, of which bit 0 is the leftmost (RFC 8489 §18.1).
  private static final int PASSWORD_ALGORITHMS = 0x800000;
  private static final int USERNAME_ANONYMITY = 0x400000;

  /** The cookie of a nonce; empty when it begins otherwise. Other features are ignored. */
  public static Optional<NonceCookie> of(String nonce) {
    if (nonce.length() < LENGTH || !nonce.startsWith(MARK)) {
      return Optional.empty();
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(nonce.substring(MARK.length(), LENGTH));
      if (bytes.length != 3) {
        return Optional.empty();
      }
      int bits = (bytes[0] & 0xff) << 16 | (bytes[1] & 0xff) << 8 | (bytes[2] & 0xff);
      return Optional.of(
          new NonceCookie((bits & PASSWORD_ALGORITHMS) != 0, (bits & USERNAME_ANONYMITY) != 0));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The first characters of a nonce. */
  public String text() {
    int bits =
        (passwordAlgorithms ? PASSWORD_ALGORITHMS : 0)
            | (usernameAnonymity ? USERNAME_ANONYMITY : 0);
    byte[] bytes = ByteBuffer.allocate(Integer.BYTES).putInt(bits << Byte.SIZE).array();
    return MARK + Base64.getEncoder().encodeToString(Arrays.copyOf(bytes, 3));
  }
}
