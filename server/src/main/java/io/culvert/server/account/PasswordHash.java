package io.culvert.server.account;

import com.password4j.Argon2Function;
import com.password4j.types.Argon2;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.text.Normalizer;

/**
 * Argon2id with OWASP's parameters: 19 MiB, two passes, one lane. A hash is a PHC string that names
 * its parameters, so that old ones stay good when these change. Thread-safe; a hash takes some tens
 * of milliseconds.
 */
final class PasswordHash {
  private static final int MAX_PASSWORD_BYTES = 1024;
  private static final int SALT_BYTES = 16;
  private static final Argon2Function ARGON2ID =
      Argon2Function.getInstance(19 * 1024, 2, 1, 32, Argon2.ID);
  private static final SecureRandom RANDOM = new SecureRandom();

  private PasswordHash() {}

  /**
   * Returns the password when it can be one.
   *
   * @throws IllegalArgumentException when it is empty, longer than 1024 bytes of UTF-8, or not
   *     Unicode text; the message says which
   */
  static String require(String password) {
    String fault = fault(password);
    if (!fault.isEmpty()) {
      throw new IllegalArgumentException("a password " + fault);
    }
    return password;
  }

  static boolean isPassword(String password) {
    return fault(password).isEmpty();
  }

  /** The PHC string of a password. */
  static String of(String password) {
    byte[] salt = new byte[SALT_BYTES];
    RANDOM.nextBytes(salt);
    return ARGON2ID.hash(bytes(password), salt).getResult();
  }

  /** Whether it is the password of that hash. */
  static boolean matches(String password, String hash) {
    return Argon2Function.getInstanceFromHash(hash)
        .check(bytes(password), hash.getBytes(StandardCharsets.US_ASCII));
  }

  /** One keyboard composes an accent, the other does not: it is the same password (RFC 8265). */
  private static byte[] bytes(String password) {
    return Normalizer.normalize(password, Normalizer.Form.NFC).getBytes(StandardCharsets.UTF_8);
  }

  private static String fault(String password) {
    if (password.isEmpty()) {
      return "must not be empty";
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(password)) {
      return "must be Unicode text";
    }
    return password.getBytes(StandardCharsets.UTF_8).length > MAX_PASSWORD_BYTES
        ? "is at most " + MAX_PASSWORD_BYTES + " bytes long"
        : "";
  }
}
