package io.culvert.server.tls;

import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.time.Instant;
import java.util.Date;
import javax.crypto.EncryptedPrivateKeyInfo;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.io.pem.PemObject;

/** A key and a certificate that it has signed for itself. */
public record TestCertificate(KeyPair keys, X509Certificate certificate) {
  public static TestCertificate ec() throws Exception {
    return of("EC", 256, "SHA256withECDSA");
  }

  public static TestCertificate rsa() throws Exception {
    return of("RSA", 2048, "SHA256withRSA");
  }

  static TestCertificate ed25519() throws Exception {
    return of("Ed25519", 255, "Ed25519");
  }

  private static TestCertificate of(String algorithm, int bits, String signature) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(bits);
    KeyPair keys = generator.generateKeyPair();
    X500Name name = new X500Name("CN=test");
    return new TestCertificate(
        keys,
        new JcaX509CertificateConverter()
            .getCertificate(
                new JcaX509v3CertificateBuilder(
                        name,
                        BigInteger.ONE,
                        Date.from(Instant.EPOCH),
                        Date.from(Instant.parse("2100-01-01T00:00:00Z")),
                        name,
                        keys.getPublic())
                    .build(new JcaContentSignerBuilder(signature).build(keys.getPrivate()))));
  }

  String certificatePem() throws IOException {
    return pem(certificate);
  }

  /** PKCS #8. */
  String keyPem() throws IOException {
    return pem(new JcaPKCS8Generator(keys.getPrivate(), null));
  }

  /** SEC 1 or PKCS #1, where there is such a thing. */
  String oldKeyPem() throws IOException {
    return keys.getPrivate() instanceof ECPrivateKey ec
        ? pem(
            new PemObject(
                "EC PRIVATE KEY",
                new org.bouncycastle.asn1.sec.ECPrivateKey(
                        256, ec.getS(), SECObjectIdentifiers.secp256r1)
                    .getEncoded()))
        : pem(keys.getPrivate());
  }

  /** Looks like a key that has been encrypted. */
  static String encryptedKeyPem() throws Exception {
    byte[] secret = new EncryptedPrivateKeyInfo("PBEWithMD5AndDES", new byte[64]).getEncoded();
    return pem(new PemObject("ENCRYPTED PRIVATE KEY", secret));
  }

  /** Puts both into the file, in place of what was there. */
  void replace(Path file) throws IOException {
    replace(file, keyPem() + certificatePem());
  }

  static void replace(Path file, String content) throws IOException {
    Path next = Files.writeString(file.resolveSibling(file.getFileName() + ".next"), content);
    Files.move(next, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static String pem(Object object) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(object);
    }
    return text.toString();
  }
}
