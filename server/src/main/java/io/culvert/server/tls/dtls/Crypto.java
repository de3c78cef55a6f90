package io.culvert.server.tls.dtls;

import java.io.IOException;
import java.security.SecureRandom;
import org.bouncycastle.jcajce.util.DefaultJcaJceHelper;
import org.bouncycastle.tls.crypto.TlsCipher;
import org.bouncycastle.tls.crypto.TlsCryptoParameters;
import org.bouncycastle.tls.crypto.impl.jcajce.JcaTlsCrypto;

/** The JDK's cryptography for Bouncy Castle's protocol, which is faster than the latter's own. */
final class Crypto extends JcaTlsCrypto {
  Crypto() {
    super(new DefaultJcaJceHelper(), new SecureRandom(), new SecureRandom());
  }

  @Override
  public TlsCipher createCipher(TlsCryptoParameters parameters, int encryption, int mac)
      throws IOException {
    return new DatagramCipher(super.createCipher(parameters, encryption, mac));
  }
}
