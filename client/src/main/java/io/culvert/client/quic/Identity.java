package io.culvert.client.quic;

import io.culvert.client.tls.Fingerprint;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * What a peer proves to others: a P-256 key, and a certificate that nobody vouches for and whose
 * fingerprint is what others know it by. Immutable.
 *
 * <p>P-256, because the TLS of QUIC (BoringSSL) takes no Ed25519 certificate unless it is told to.
 */
public final class Identity {
  private static final X500Name NAME = new X500Name("CN=culvert");

  /** The certificate says nothing about time: who pins it, does so until it is replaced. */
  private static final Instant NO_BEGINNING = Instant.parse("2000-01-01T00:00:00Z");

  /** It has no end, which is written so (RFC 5280 §4.1.2.5). */
  private static final Instant NO_END = Instant.parse("9999-12-31T23:59:59Z");

  private final PrivateKey key;
  private final X509Certificate certificate;
  private final Fingerprint fingerprint;

  Identity(PrivateKey key, X509Certificate certificate) {
    this.key = key;
    this.certificate = certificate;
    this.fingerprint = Fingerprint.of(certificate);
  }

  /**
   * The one in that file, where a new one is kept, for this user only, if there is none. Processes
   * that do this at the same time get the same.
   *
   * @throws IOException when there is none that can be used, or when it cannot be kept; the message
   *     is a sentence that says what to do
   */
  public static Identity keptIn(Path file) throws IOException {
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      PrivateFile kept = new PrivateFile(file);
      try {
        kept.prepareDirectory();
        kept.add(fresh().pem().getBytes(StandardCharsets.US_ASCII));
      } catch (IOException e) {
        throw new IOException(
            "This machine's identity cannot be kept in %s: %s. Let this user write there, or name another file."
                .formatted(file, IdentityFile.reason(e)),
            e);
      }
    }
    return new IdentityFile(file).read();
  }

  /** A new one, which is kept nowhere. */
  public static Identity fresh() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      X509CertificateHolder certificate =
          new JcaX509v3CertificateBuilder(
                  NAME,
                  new BigInteger(Long.SIZE, new SecureRandom()).add(BigInteger.ONE),
                  Date.from(NO_BEGINNING),
                  Date.from(NO_END),
                  NAME,
                  pair.getPublic())
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()));
      return new Identity(
          pair.getPrivate(), new JcaX509CertificateConverter().getCertificate(certificate));
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("every JDK has P-256", e);
    }
  }

  /** What others know it by. */
  public Fingerprint fingerprint() {
    return fingerprint;
  }

  PrivateKey key() {
    return key;
  }

  X509Certificate certificate() {
    return certificate;
  }

  private String pem() throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
      pem.writeObject(new JcaPKCS8Generator(key, null));
      pem.writeObject(certificate);
    }
    return text.toString();
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "Identity[" + fingerprint + "]";
  }
}
