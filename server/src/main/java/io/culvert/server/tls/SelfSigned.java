package io.culvert.server.tls;

import io.culvert.server.config.DataDirectory;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes a certificate that nobody vouches for: clients know it by its fingerprint. */
final class SelfSigned {
  private static final X500Name NAME = new X500Name("CN=culvert");

  /** A client whose clock is slow is to accept it as well. */
  private static final Duration BACKDATED = Duration.ofDays(2);

  /** It has no end, which is written so (RFC 5280 §4.1.2.5). */
  private static final Instant NO_END = Instant.parse("9999-12-31T23:59:59Z");

  private SelfSigned() {}

  /** Makes one with a new P-256 key and keeps both in this file, for this user only. */
  static void createIn(Path file, Instant now) throws IOException {
    DataDirectory.writePrivateFile(file, pem(now).getBytes(StandardCharsets.US_ASCII));
  }

  private static String pem(Instant now) throws IOException {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair pair = generator.generateKeyPair();
      X509CertificateHolder certificate =
          new JcaX509v3CertificateBuilder(
                  NAME,
                  new BigInteger(Long.SIZE, new SecureRandom()).add(BigInteger.ONE),
                  Date.from(now.minus(BACKDATED)),
                  Date.from(NO_END),
                  NAME,
                  pair.getPublic())
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()));
      StringWriter text = new StringWriter();
      try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
        pem.writeObject(new JcaPKCS8Generator(pair.getPrivate(), null));
        pem.writeObject(certificate);
      }
      return text.toString();
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("every JDK has P-256", e);
    }
  }
}
