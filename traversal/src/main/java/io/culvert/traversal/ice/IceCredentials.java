package io.culvert.traversal.ice;

import java.util.random.RandomGenerator;

/**
 * By which two peers know each other's checks, RFC 8445 §5.3.
 *
 * @param ufrag at least 4 letters, digits, {@code +} and {@code /}
 * @param pwd at least 22 of the same, known to the two alone
 */
public record IceCredentials(String ufrag, String pwd) {
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  private static final int UFRAG_LENGTH = 8;
  private static final int PWD_LENGTH = 24;

  /** New ones. */
  public static IceCredentials random(RandomGenerator random) {
    return new IceCredentials(text(UFRAG_LENGTH, random), text(PWD_LENGTH, random));
  }

  private static String text(int length, RandomGenerator random) {
    return random
        .ints(length, 0, ALPHABET.length())
        .collect(
            StringBuilder::new, (text, i) -> text.append(ALPHABET.charAt(i)), StringBuilder::append)
        .toString();
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "IceCredentials[ufrag=" + ufrag + "]";
  }
}
