package io.culvert.server.tls;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** Connects with the JDK's TLS and believes everything. */
public final class TlsClient {
  private TlsClient() {}

  /** A connection whose handshake has succeeded, within 10 s. */
  public static SSLSocket connect(InetSocketAddress server, String... protocols) throws Exception {
    return over(new Socket(server.getAddress(), server.getPort()), protocols);
  }

  /** The same over a connection that is there. */
  static SSLSocket over(Socket below, String... protocols) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
    below.setSoTimeout(10_000);
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(below, null, below.getPort(), true);
    try {
      if (protocols.length > 0) {
        socket.setEnabledProtocols(protocols);
      }
      socket.startHandshake();
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }
}
