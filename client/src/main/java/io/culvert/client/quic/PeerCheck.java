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
 * Believes one certificate, nobody's at first, whoever vouches for it, and remembers the verdict.
 * For one connection; confined to its event loop.
 */
final class PeerCheck extends X509ExtendedTrustManager {
  private String peer = "the peer";
  private @Nullable Fingerprint told;
  private @Nullable Fingerprint refused;
  private boolean passed;

  /** The connection is with that one: a name for sentences. */
  void expect(String name) {
    peer = name;
  }

  /** With whom it is. */
  String peer() {
    return peer;
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
    return Optional.ofNullable(refused)
        .map(shown ->
            "Whoever answers for %s has another identity than the server has told: %s instead of %s. Somebody is in between: do not go on."
                .formatted(peer, shown.attribute(), told == null ? "none" : told.attribute()));
  }

  private void check(X509Certificate[] chain) throws CertificateException {
    Fingerprint seen = Fingerprint.of(chain[0]);
    if (!seen.equals(told)) {
      refused = seen;
      // Of this one Netty tells the peer that the certificate has expired, and of others that there
      // was an internal error, which would hide what it is about.
      throw new CertificateNotYetValidException(seen.attribute());
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
