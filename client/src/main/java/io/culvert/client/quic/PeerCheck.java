package io.culvert.client.quic;

import io.culvert.client.tls.Fingerprint;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Believes one certificate, whoever vouches for it, and remembers the verdict. For one connection;
 * confined to its event loop.
 */
final class PeerCheck extends X509ExtendedTrustManager {
  private final String peer;
  private @Nullable Fingerprint told;
  private boolean passed;
  private @Nullable String refusal;

  /** Believes nobody yet. */
  PeerCheck(String peer) {
    this.peer = peer;
  }

  /** The server has told that the peer's certificate has this fingerprint. */
  void believe(Fingerprint fingerprint) {
    told = fingerprint;
  }

  /** Whether the peer has shown its certificate. */
  boolean passed() {
    return passed;
  }

  /** A sentence that says why it was refused; empty unless it was. */
  Optional<String> refusal() {
    return Optional.ofNullable(refusal);
  }

  private void check(X509Certificate[] chain) throws CertificateException {
    Fingerprint seen = Fingerprint.of(chain[0]);
    if (!seen.equals(told)) {
      refusal =
          "Whoever answers for %s has another identity than the server has told: %s instead of %s. Somebody is in between: do not go on."
              .formatted(peer, seen.attribute(), told == null ? "none" : told.attribute());
      // Of this one Netty tells the peer that the certificate has expired, and of others that there
      // was an internal error, which would hide what it is about.
      throw new CertificateNotYetValidException(refusal);
    }
    passed = true;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    check(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
    throw new UnsupportedOperationException("QUIC has no such socket");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {
    throw new UnsupportedOperationException("QUIC has no such socket");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
