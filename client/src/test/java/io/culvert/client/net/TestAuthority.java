package io.culvert.client.net;

import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509ExtendedTrustManager;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority that only the test trusts. */
public final class TestAuthority {
  private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");
  private static final Instant LATE = Instant.parse("2100-01-01T00:00:00Z");
  private static final X500Name NAME = new X500Name("CN=Test authority");
  private static final char[] NO_PASSWORD = {};

  /** What a server shows and proves. */
  public record Identity(KeyPair keys, List<X509Certificate> chain) {
    SSLContext context() throws Exception {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      store.setKeyEntry(
          "server", keys.getPrivate(), NO_PASSWORD, chain.toArray(Certificate[]::new));
      KeyManagerFactory managers =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      managers.init(store, NO_PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(managers.getKeyManagers(), null, null);
      return context;
    }
  }

  private final KeyPair keys;
  private final X509Certificate certificate;

  TestAuthority() throws Exception {
    keys = newKeys();
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            NAME, BigInteger.ONE, Date.from(LONG_AGO), Date.from(LATE), NAME, keys.getPublic());
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
    certificate = signed(builder, keys);
  }

  /** Who trusts nobody else. */
  X509ExtendedTrustManager trusted() throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setCertificateEntry("authority", (Certificate) certificate);
    return JvmAuthorities.of(store);
  }

  /** For a server of this name. */
  Identity vouchFor(String name) throws Exception {
    return vouchFor(name, LATE);
  }

  Identity vouchFor(String name, Instant until) throws Exception {
    KeyPair server = newKeys();
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            NAME,
            BigInteger.TWO,
            Date.from(LONG_AGO),
            Date.from(until),
            new X500Name("CN=server"),
            server.getPublic());
    builder.addExtension(
        Extension.subjectAlternativeName,
        false,
        new GeneralNames(new GeneralName(GeneralName.dNSName, name)));
    return new Identity(server, List.of(signed(builder, keys), certificate));
  }

  /** One that nobody else vouches for. */
  public static Identity selfSigned() throws Exception {
    KeyPair server = newKeys();
    X500Name name = new X500Name("CN=culvert");
    return new Identity(
        server,
        List.of(
            signed(
                new JcaX509v3CertificateBuilder(
                    name,
                    BigInteger.TEN,
                    Date.from(LONG_AGO),
                    Date.from(LATE),
                    name,
                    server.getPublic()),
                server)));
  }

  private static KeyPair newKeys() throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    return generator.generateKeyPair();
  }

  private static X509Certificate signed(X509v3CertificateBuilder builder, KeyPair by)
      throws Exception {
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(by.getPrivate())));
  }
}
