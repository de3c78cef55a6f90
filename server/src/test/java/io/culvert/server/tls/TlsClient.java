package io.culvert.server.tls;

import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
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
    return shake(below, List.of(), protocols);
  }

  /** A connection for these protocols (ALPN), as {@link #connect}. */
  public static SSLSocket connectFor(InetSocketAddress server, String... applicationProtocols)
      throws Exception {
    return shake(new Socket(server.getAddress(), server.getPort()), List.of(applicationProtocols));
  }

  private static SSLSocket shake(
      Socket below, List<String> applicationProtocols, String... protocols) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, InsecureTrustManagerFactory.INSTANCE.getTrustManagers(), null);
    below.setSoTimeout(10_000);
    SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket(below, null, below.getPort(), true);
    try {
      if (protocols.length > 0) {
        socket.setEnabledProtocols(protocols);
      }
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setApplicationProtocols(applicationProtocols.toArray(String[]::new));
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }
}
