package io.culvert.server.tls.dtls;

import io.culvert.server.tls.Identity;
import java.io.IOException;
import org.bouncycastle.tls.AbstractTlsServer;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CipherSuite;
import org.bouncycastle.tls.HeartbeatMode;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.SignatureAlgorithm;
import org.bouncycastle.tls.SignatureAndHashAlgorithm;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.crypto.TlsCertificate;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaDefaultTlsCredentialedSigner;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCertificate;

/** What the server wants in a handshake: DTLS 1.2 with its certificate, and no client's. */
final class HandshakePeer extends AbstractTlsServer {
  /** Those of RFC 9325 §4.2 that Bouncy Castle can have from the JDK. */
  private static final int[] ECDSA_CIPHERS = {
    CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    CipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
  };

  private static final int[] RSA_CIPHERS = {
    CipherSuite.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    CipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
  };

  private final Crypto crypto;
  private final Identity identity;

  HandshakePeer(Crypto crypto, Identity identity) {
    super(crypto);
    this.crypto = crypto;
    this.identity = identity;
  }

  private boolean isRsa() {
    return identity.key().getAlgorithm().equals("RSA");
  }

  @Override
  protected ProtocolVersion[] getSupportedVersions() {
    return ProtocolVersion.DTLSv12.only();
  }

  @Override
  protected int[] getSupportedCipherSuites() {
    return isRsa() ? RSA_CIPHERS : ECDSA_CIPHERS;
  }

  @Override
  public TlsCredentials getCredentials() throws IOException {
    return new JcaDefaultTlsCredentialedSigner(
        new TlsCryptoParameters(context), crypto, identity.key(), certificate(), signature());
  }

  private Certificate certificate() {
    return new Certificate(
        identity.chain().stream()
            .map(each -> new JcaTlsCertificate(crypto, each))
            .toArray(TlsCertificate[]::new));
  }

  private SignatureAndHashAlgorithm signature() throws IOException {
    var offered = context.getSecurityParametersHandshake().getClientSigAlgs();
    if (offered == null) {
      throw new TlsFatalAlert(AlertDescription.handshake_failure);
    }
    return TlsUtils.chooseSignatureAndHashAlgorithm(
        context, offered, isRsa() ? SignatureAlgorithm.rsa : SignatureAlgorithm.ecdsa);
  }

  @Override
  public short getHeartbeatPolicy() {
    return HeartbeatMode.peer_not_allowed_to_send;
  }
}
