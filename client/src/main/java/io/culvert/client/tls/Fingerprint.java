package io.culvert.client.tls;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Locale;

/**
 * What a certificate is known by: the SHA-256 of its DER encoding.
 *
 * @param hex 64 hexadecimal digits in lower case
 */
public record Fingerprint(String hex) {
  private static final String ALGORITHM = "sha256:";
  private static final String DIGITS = "[0-9a-f]{64}";

  public Fingerprint {
    if (!hex.matches(DIGITS)) {
      throw new IllegalArgumentException("a fingerprint has 64 hexadecimal digits, unlike " + hex);
    }
  }

  /** That of a certificate. */
  public static Fingerprint of(X509Certificate certificate) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
      return new Fingerprint(HexFormat.of().formatHex(hash));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException("a certificate without an encoding", e);
    }
  }

  /**
   * Reads {@code sha256:} and 64 hexadecimal digits; case does not matter, nor do colons between
   * the digits, with which other programs print them, nor whether {@code sha256:} is there.
   *
   * @throws IllegalArgumentException when it is none; the message is a sentence for people
   */
  public static Fingerprint parse(String text) {
    String lower = text.strip().toLowerCase(Locale.ROOT);
    String digits = lower.startsWith(ALGORITHM) ? lower.substring(ALGORITHM.length()) : lower;
    String hex = digits.replace(":", "");
    if (!hex.matches(DIGITS)) {
      throw new IllegalArgumentException(
          "A fingerprint is sha256: and 64 hexadecimal digits, unlike \"%s\".".formatted(text));
    }
    return new Fingerprint(hex);
  }

  /** As the server logs it: {@code sha256:} and the digits. */
  @Override
  public String toString() {
    return ALGORITHM + hex;
  }
}
