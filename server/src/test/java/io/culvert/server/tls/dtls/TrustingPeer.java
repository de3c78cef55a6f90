package io.culvert.server.tls.dtls;

import java.security.SecureRandom;
import java.util.function.Consumer;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.impl.bc.BcTlsCrypto;
import org.jspecify.annotations.Nullable;

/** A client of DTLS 1.2 with Bouncy Castle's own cryptography that believes every certificate. */
public final class TrustingPeer extends DefaultTlsClient {
  private final Consumer<TlsCertificate> shown;

  /** Is told which certificate the server shows. */
  public TrustingPeer(Consumer<TlsCertificate> shown) {
    super(new BcTlsCrypto(new SecureRandom()));
    this.shown = shown;
  }

  @Override
  protected ProtocolVersion[] getSupportedVersions() {
    return ProtocolVersion.DTLSv12.only();
  }

  /** A client may be less patient than RFC 6347 §4.2.4.1 would like it. */
  @Override
  public int getHandshakeResendTimeMillis() {
    return 50;
  }

  @Override
  public TlsAuthentication getAuthentication() {
    return new TlsAuthentication() {
      @Override
      public void notifyServerCertificate(TlsServerCertificate certificate) {
        shown.accept(certificate.getCertificate().getCertificateAt(0));
      }

      @Override
      public @Nullable TlsCredentials getClientCredentials(CertificateRequest request) {
        return null;
      }
    };
  }
}
