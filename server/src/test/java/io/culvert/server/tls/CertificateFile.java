package io.culvert.server.tls;

import io.culvert.server.config.ServerConfig.TlsConfig;
import java.nio.file.Path;
import java.util.Optional;

/** A server's certificate in a file, for tests that replace it. */
public record CertificateFile(Path file, ServerCertificate certificate) implements AutoCloseable {
  /** Those others stand behind the server's own. */
  public static CertificateFile of(Path file, TestCertificate first, TestCertificate... others)
      throws Exception {
    StringBuilder pem = new StringBuilder(first.keyPem() + first.certificatePem());
    for (TestCertificate other : others) {
      pem.append(other.certificatePem());
    }
    TestCertificate.replace(file, pem.toString());
    return new CertificateFile(
        file,
        ServerCertificate.withoutLookout(
            new TlsConfig(Optional.of(file), Optional.of(file)), file.resolveSibling("data")));
  }

  /** The server has another one when this returns. */
  public void replace(TestCertificate next) throws Exception {
    next.replace(file);
    certificate.look();
    certificate.look();
  }

  @Override
  public void close() {
    certificate.close();
  }
}
