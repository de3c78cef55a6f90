package io.culvert.client.net;

import io.culvert.client.tls.Fingerprint;
import io.culvert.client.tls.ServerSecurity.Encrypted;
import io.culvert.client.tls.ServerSecurity.Verification;
import io.culvert.client.tls.ServerTrust;
import io.culvert.client.tls.ServerTrust.Authorities;
import io.culvert.client.tls.ServerTrust.FirstUse;
import io.culvert.client.tls.ServerTrust.Pinned;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Judges the certificate of one connection, and remembers the verdict. For one event loop. */
final class TrustCheck extends X509ExtendedTrustManager {
  private final String host;
  private final ServerTrust trust;
  private final X509ExtendedTrustManager authorities;
  private @Nullable Encrypted accepted;
  private @Nullable String refusal;

  /** The authorities check the name, too, when the engine has been told to. */
  TrustCheck(String host, ServerTrust trust, X509ExtendedTrustManager authorities) {
    this.host = host;
    this.trust = trust;
    this.authorities = authorities;
  }

  /** What was accepted; empty while nothing has been. */
  Optional<Encrypted> accepted() {
    return Optional.ofNullable(accepted);
  }

  /** A sentence that says why the certificate was not accepted; empty unless it was refused. */
  Optional<String> refusal() {
    return Optional.ofNullable(refusal);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    Fingerprint seen = Fingerprint.of(chain[0]);
    switch (trust) {
      case Pinned(Fingerprint known) -> {
        if (!seen.equals(known)) {
          refusal =
              "The certificate of %s is not the one that was remembered: %s instead of %s. Either the server has a new one, or somebody else answers in its place: ask its operator which is right."
                  .formatted(host, seen, known);
          throw new CertificateException(refusal);
        }
        accepted = new Encrypted(seen, Verification.FINGERPRINT);
      }
      case Authorities() -> {
        try {
          authorities.checkServerTrusted(chain, authType, engine);
          accepted = new Encrypted(seen, Verification.AUTHORITY);
        } catch (CertificateException e) {
          refusal =
              "The certificate of %s cannot be trusted: %s. If its operator confirms that it is %s, connect with this fingerprint."
                  .formatted(host, reason(e), seen);
          throw e;
        }
      }
      case FirstUse() -> accepted = new Encrypted(seen, firstUse(chain, authType, engine));
    }
  }

  private Verification firstUse(X509Certificate[] chain, String authType, SSLEngine engine) {
    try {
      authorities.checkServerTrusted(chain, authType, engine);
      return Verification.AUTHORITY;
    } catch (CertificateException e) {
      return Verification.FIRST_USE; // which is what it is there for
    }
  }

  private static String reason(CertificateException refused) {
    for (Throwable cause = refused; cause != null; cause = cause.getCause()) {
      switch (cause) {
        case CertificateExpiredException _ -> {
          return "it has expired";
        }
        case CertificateNotYetValidException _ -> {
          return "it is not valid yet";
        }
        default -> {}
      }
    }
    // What the JDK throws when the name does not fit has no cause; all else has.
    return refused.getCause() == null
        ? "it is for another name"
        : "no authority that this machine trusts vouches for it";
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {
    throw new UnsupportedOperationException("Netty has engines, not sockets");
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType) {
    throw new UnsupportedOperationException("Netty has engines");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {
    throw new UnsupportedOperationException("this is for clients");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
    throw new UnsupportedOperationException("this is for clients");
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType) {
    throw new UnsupportedOperationException("this is for clients");
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }
}
