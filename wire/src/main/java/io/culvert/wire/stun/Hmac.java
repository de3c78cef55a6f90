package io.culvert.wire.stun;

import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/**
 * HMAC, RFC 2104, with another key for each text. {@code javax.crypto.Mac} would want an object for
 * each key, or to be made anew. Allocates nothing. Not thread-safe.
 */
final class Hmac {
  /** The same for SHA-1 and SHA-256. */
  private static final int BLOCK_BYTES = 64;

  private static final byte INNER = 0x36;
  private static final byte OUTER = 0x5c;

  private final MessageDigest digest;
  private final byte[] block = new byte[BLOCK_BYTES];
  private final byte[] shortKey;
  private final byte[] value;

  Hmac(String algorithm, int bytes) {
    try {
      digest = MessageDigest.getInstance(algorithm);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has " + algorithm, e);
    }
    shortKey = new byte[bytes];
    value = new byte[bytes];
  }

  /** The value for the first bytes of the text, which stands in the array until the next call. */
  byte[] of(byte[] key, byte[] text, int length) {
    try {
      byte[] fitting = key;
      if (key.length > BLOCK_BYTES) {
        digest.update(key);
        digest.digest(shortKey, 0, shortKey.length);
        fitting = shortKey;
      }
      pad(fitting, INNER);
      digest.update(text, 0, length);
      digest.digest(value, 0, value.length);
      pad(fitting, OUTER);
      digest.update(value);
      digest.digest(value, 0, value.length);
      return value;
    } catch (DigestException e) {
      throw new AssertionError("the value is as long as the digest", e);
    }
  }

  private void pad(byte[] key, byte pad) {
    Arrays.fill(block, pad);
    for (int i = 0; i < key.length; i++) {
      block[i] ^= key[i];
    }
    digest.update(block);
  }
}
