package io.culvert.wire.stun;

import org.jspecify.annotations.Nullable;

/** How a password becomes the key of long-term credentials, RFC 8489 §18.5. */
public enum PasswordAlgorithm {
  /** What everybody can; taken when a request does not say. */
  MD5(1, "MD5"),
  SHA_256(2, "SHA-256");

  private final int number;
  private final String digest;

  PasswordAlgorithm(int number, String digest) {
    this.number = number;
    this.digest = digest;
  }

  /** The one of this number, null when there is none. */
  public static @Nullable PasswordAlgorithm of(int number) {
    return switch (number) {
      case 1 -> MD5;
      case 2 -> SHA_256;
      default -> null;
    };
  }

  /** Its number in PASSWORD-ALGORITHM and PASSWORD-ALGORITHMS. */
  public int number() {
    return number;
  }

  /** What the JDK calls it. */
  String digest() {
    return digest;
  }
}
