package io.culvert.server.turn.auth;

import io.culvert.wire.stun.NonceCookie;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.SecretKeySpec;

/**
 * Nonces that nobody has to remember: each tells when it was made, and proves that it was made here
 * and for this client's address and port. Not thread-safe; instances with the same key accept each
 * other's.
 *
 * <pre>
 * cookie(13) time(3) proof(12)
 *   cookie  of RFC 8489 §9.2
 *   time    in seconds, the last 18 bits, 6 bits a character
 *   proof   the first 72 bits of HMAC-SHA256(key, time(8) address(16) port(2)), the same way
 * </pre>
 *
 * It is no longer than that because a challenge goes to whomever a datagram names as its sender:
 * the answer to 28 bytes must not be more than three times as much.
 */
final class Nonces {
  static final int LENGTH = NonceCookie.LENGTH + 15;

  private static final String ALGORITHM = "HmacSHA256";
  private static final int KEY_BYTES = 32;
  private static final int MAC_BYTES = 32;
  private static final int PROVEN_BYTES = 3 * Long.BYTES + Short.BYTES;

  private static final byte[] ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
          .getBytes(StandardCharsets.US_ASCII);

  private static final int BITS = 6;
  private static final int CHARACTER = (1 << BITS) - 1;
  private static final int TIME_CHARACTERS = 3;
  private static final long TIME = (1 << (BITS * TIME_CHARACTERS)) - 1;
  private static final byte[] VALUES = values();

  /** Threads do not agree on the second to the nanosecond. */
  private static final int AHEAD = 1;

  private final Mac mac;
  private final long life;
  private final ByteBuffer proven = ByteBuffer.allocate(PROVEN_BYTES);
  private final byte[] proof = new byte[MAC_BYTES];
  private final byte[] expected = new byte[LENGTH];
  private final byte[] claimed = new byte[LENGTH];

  /**
   * Nonces of this key.
   *
   * @param life of a nonce; at most a day
   */
  Nonces(SecretKey key, Duration life) {
    if (life.isNegative() || life.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException("a nonce does not live for " + life);
    }
    this.life = life.toSeconds();
    try {
      mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has " + ALGORITHM, e);
    } catch (InvalidKeyException e) {
      throw new IllegalArgumentException("no key for " + ALGORITHM, e);
    }
  }

  /** A key that nobody else knows. */
  static SecretKey newKey() {
    byte[] bytes = new byte[KEY_BYTES];
    new SecureRandom().nextBytes(bytes);
    return new SecretKeySpec(bytes, ALGORITHM);
  }

  /**
   * Appends a nonce for a client.
   *
   * @param cookie 13 characters
   * @param now in nanoseconds
   */
  void write(ByteBuf out, byte[] cookie, long high, long low, int port, long now) {
    compute(cookie, high, low, port, seconds(now));
    out.writeBytes(expected);
  }

  /** Whether the nonce at this place has been made here, for that client and not too long ago. */
  boolean isFresh(
      ByteBuf in, int index, int length, byte[] cookie, long high, long low, int port, long now) {
    if (length != LENGTH) {
      return false;
    }
    in.getBytes(index, claimed);
    long latest = seconds(now) + AHEAD;
    long age = (latest - claimedTime()) & TIME;
    compute(cookie, high, low, port, latest - age);
    return MessageDigest.isEqual(expected, claimed) && age - AHEAD <= life;
  }

  /** Of characters that cannot be, anything: they will not be the expected ones. */
  private int claimedTime() {
    int time = 0;
    for (int i = 0; i < TIME_CHARACTERS; i++) {
      time = (time << BITS) | VALUES[claimed[NonceCookie.LENGTH + i] & 0xff];
    }
    return time;
  }

  private void compute(byte[] cookie, long high, long low, int port, long seconds) {
    proven.clear().putLong(seconds).putLong(high).putLong(low).putShort((short) port);
    try {
      mac.update(proven.array());
      mac.doFinal(proof, 0);
    } catch (ShortBufferException e) {
      throw new AssertionError("a SHA-256 has 32 bytes", e);
    }
    System.arraycopy(cookie, 0, expected, 0, NonceCookie.LENGTH);
    characters((int) (seconds & TIME), NonceCookie.LENGTH, TIME_CHARACTERS);
    int bytes = 0;
    for (int at = NonceCookie.LENGTH + TIME_CHARACTERS; at < LENGTH; at += 4) {
      int bits =
          ((proof[bytes] & 0xff) << 16)
              | ((proof[bytes + 1] & 0xff) << 8)
              | (proof[bytes + 2] & 0xff);
      characters(bits, at, 4);
      bytes += 3;
    }
  }

  /** Writes so many characters, the last 6 bits into the last one. */
  private void characters(int bits, int at, int count) {
    for (int i = count - 1, rest = bits; i >= 0; i--, rest >>>= BITS) {
      expected[at + i] = ALPHABET[rest & CHARACTER];
    }
  }

  private static long seconds(long now) {
    return Math.floorDiv(now, TimeUnit.SECONDS.toNanos(1));
  }

  private static byte[] values() {
    byte[] values = new byte[1 << Byte.SIZE];
    for (int i = 0; i < ALPHABET.length; i++) {
      values[ALPHABET[i]] = (byte) i;
    }
    return values;
  }
}
