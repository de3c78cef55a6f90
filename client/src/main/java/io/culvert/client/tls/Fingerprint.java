package io.culvert.client.tls;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a certificate is known by: the SHA-256 of its DER encoding.
 *
 * @param hex 64 hexadecimal digits in lower case
 */
public record Fingerprint(String hex) {
  private static final String ALGORITHM = "sha256:";
  private static final String DIGITS = "[0-9a-f]{64}";
  private static final HexFormat PAIRS = HexFormat.ofDelimiter(":").withUpperCase();
  private static final Pattern ATTRIBUTE =
      Pattern.compile("sha-256 ([0-9a-f]{2}(?::[0-9a-f]{2}){31})", Pattern.CASE_INSENSITIVE);

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

  /**
   * Reads it as peers tell it to each other: {@code sha-256 AB:CD:…} (RFC 8122 §5).
   *
   * @throws IllegalArgumentException when it is of another form, or made with another hash
   */
  public static Fingerprint ofAttribute(String attribute) {
    Matcher matcher = ATTRIBUTE.matcher(attribute);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "A peer's fingerprint is \"sha-256 \" and 32 pairs of hexadecimal digits with colons between them.");
    }
    return new Fingerprint(matcher.group(1).replace(":", "").toLowerCase(Locale.ROOT));
  }

  /** As peers tell it to each other: {@code sha-256 AB:CD:…} (RFC 8122 §5). */
  public String attribute() {
    return "sha-256 " + PAIRS.formatHex(HexFormat.of().parseHex(hex));
  }

  /** As the server logs it: {@code sha256:} and the digits. */
  @Override
  public String toString() {
    return ALGORITHM + hex;
  }
}
