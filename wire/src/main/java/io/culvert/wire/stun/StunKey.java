package io.culvert.wire.stun;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * The key that a message's integrity is computed with. Immutable, and as small as its bytes: what
 * computing takes belongs to the {@link StunReader} or {@link StunWriter}, so any number of threads
 * may share a key. Shows nothing of itself as text.
 */
public final class StunKey {
  private final byte[] bytes;

  private StunKey(byte[] bytes) {
    this.bytes = bytes;
  }

  /** A key of these bytes, which are copied. */
  public static StunKey of(byte[] bytes) {
    return new StunKey(bytes.clone());
  }

  /**
   * The key of short-term credentials (RFC 8489 §9.1.1).
   *
   * @throws IllegalArgumentException when {@link OpaqueString} does not allow the password
   */
  public static StunKey shortTerm(String password) {
    return new StunKey(OpaqueString.of(password).getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The key of long-term credentials (RFC 8489 §18.5.1).
   *
   * @throws IllegalArgumentException when {@link OpaqueString} does not allow one of the texts
   */
  public static StunKey longTerm(
      PasswordAlgorithm algorithm, String username, String realm, String password) {
    String text =
        OpaqueString.of(username) + ":" + OpaqueString.of(realm) + ":" + OpaqueString.of(password);
    try {
      return new StunKey(
          MessageDigest.getInstance(algorithm.digest())
              .digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has " + algorithm.digest(), e);
    }
  }

  /** A copy of its bytes, to be kept as a secret. */
  public byte[] toBytes() {
    return bytes.clone();
  }

  /** Its bytes themselves. */
  byte[] bytes() {
    return bytes;
  }

  @Override
  public String toString() {
    return "StunKey";
  }
}
