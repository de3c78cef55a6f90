package io.culvert.client.net;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** The certificate authorities that this JVM trusts. Reading them takes a while: once is enough. */
final class JvmAuthorities {
  static final X509ExtendedTrustManager TRUST = of(null);

  private JvmAuthorities() {}

  /** Those in a key store; of the JVM when it is null. */
  static X509ExtendedTrustManager of(@Nullable KeyStore authorities) {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(authorities);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager x509) {
          return x509;
        }
      }
      throw new IllegalStateException("this JVM cannot verify certificates");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM's certificate authorities cannot be read", e);
    }
  }
}
