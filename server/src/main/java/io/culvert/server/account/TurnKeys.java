package io.culvert.server.account;

import io.culvert.wire.stun.PasswordAlgorithm;
import io.culvert.wire.stun.StunKey;
import java.util.Arrays;
import java.util.Optional;

/**
 * The long-term credentials of an account in one realm (RFC 8489 §9.2.2). Whoever has one of these
 * keys can use TURN as if they knew the password, which they still do not know.
 */
record TurnKeys(StunKey md5, StunKey sha256) {
  private static final int MD5_BYTES = 16;
  private static final int BYTES = MD5_BYTES + 32;

  /**
   * Those of a password.
   *
   * @return nothing when RFC 8265 allows no such name or password, so that no client has them
   */
  static Optional<TurnKeys> of(String account, String realm, String password) {
    try {
      return Optional.of(
          new TurnKeys(
              StunKey.longTerm(PasswordAlgorithm.MD5, account, realm, password),
              StunKey.longTerm(PasswordAlgorithm.SHA_256, account, realm, password)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** What {@link #toBytes} has made. */
  static TurnKeys of(byte[] bytes) {
    return new TurnKeys(
        StunKey.of(Arrays.copyOf(bytes, MD5_BYTES)),
        StunKey.of(Arrays.copyOfRange(bytes, MD5_BYTES, BYTES)));
  }

  /** One after the other. */
  byte[] toBytes() {
    byte[] bytes = Arrays.copyOf(md5.toBytes(), BYTES);
    System.arraycopy(sha256.toBytes(), 0, bytes, MD5_BYTES, BYTES - MD5_BYTES);
    return bytes;
  }
}
