package io.culvert.lab.scenario;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.culvert.lab.ScratchFolder;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.Interface;
import io.culvert.server.config.ServerConfig.TlsConfig;
import io.culvert.server.tls.Identity;
import io.culvert.server.tls.ServerCertificate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * An HTTP proxy that ends all TLS with a certificate of its own, reads what is said, and says it to
 * the server on a connection that it encrypts itself, as strict offices have it. Thread-safe.
 */
final class InspectingProxy implements AutoCloseable {
  private static final int PORT = 3128;
  private static final int LONGEST_HEAD = 8192;
  private static final Pattern CONNECT = Pattern.compile("CONNECT ([0-9.]+):(\\d+) HTTP/1.1\r\n");

  private final ServerSocket listening;
  private final SSLContext tls;
  private final ByteArrayOutputStream read = new ByteArrayOutputStream();

  private InspectingProxy(ServerSocket listening, SSLContext tls) {
    this.listening = listening;
    this.tls = tls;
  }

  /**
   * Starts one.
   *
   * @param inside the interface of the host at whose address it listens
   */
  static InspectingProxy start(Host host, Interface inside) throws Exception {
    SSLContext tls = tls();
    return host.run(() -> {
      InspectingProxy proxy =
          new InspectingProxy(new ServerSocket(PORT, 50, inside.address()), tls);
      // Platform threads stay in the network of the thread that starts them.
      Thread.ofPlatform().daemon().name("inspecting-proxy").start(proxy::accept);
      return proxy;
    });
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listening.getLocalSocketAddress();
  }

  /** All that clients have said, as far as it could be read. */
  String read() {
    return read.toString(ISO_8859_1);
  }

  private static SSLContext tls() throws Exception {
    try (ScratchFolder folder = ScratchFolder.make();
        ServerCertificate own =
            ServerCertificate.start(
                new TlsConfig(Optional.empty(), Optional.empty()), folder.path())) {
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(keys(own.identity()).getKeyManagers(), new TrustManager[] {new Anybody()}, null);
      return tls;
    }
  }

  private static KeyManagerFactory keys(Identity identity)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "proxy", identity.key(), new char[0], identity.chain().toArray(X509Certificate[]::new));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, new char[0]);
    return keys;
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listening.accept();
        Thread.ofPlatform().daemon().name("inspecting-proxy-client").start(() -> serve(client));
      }
    } catch (IOException e) {
      Thread.currentThread().setName("inspecting-proxy-ended"); // it was closed
    }
  }

  private void serve(Socket client) {
    try (client) {
      Matcher wish = CONNECT.matcher(head(client.getInputStream()));
      if (!wish.lookingAt()) {
        client.getOutputStream().write("HTTP/1.1 405 CONNECT only\r\n\r\n".getBytes(US_ASCII));
        return;
      }
      InetAddress server = InetAddress.ofLiteral(wish.group(1));
      try (Socket plain = new Socket(server, Integer.parseInt(wish.group(2)))) {
        client.getOutputStream().write("HTTP/1.1 200 Fine\r\n\r\n".getBytes(US_ASCII));
        try (SSLSocket near = encrypted(client, false);
            SSLSocket far = encrypted(plain, true)) {
          near.startHandshake();
          Thread.ofPlatform()
              .daemon()
              .start(() -> carry(far, near, OutputStream.nullOutputStream()));
          carry(near, far, read);
        }
      }
    } catch (IOException e) {
      Thread.currentThread().setName("inspecting-proxy-broken"); // the client does not like it
    }
  }

  private SSLSocket encrypted(Socket plain, boolean asClient) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            tls.getSocketFactory()
                .createSocket(
                    plain, plain.getInetAddress().getHostAddress(), plain.getPort(), true);
    socket.setUseClientMode(asClient);
    return socket;
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0 && head.length() < LONGEST_HEAD) {
      int next = in.read();
      if (next < 0) {
        break;
      }
      head.append((char) next);
    }
    return head.toString();
  }

  private static void carry(SSLSocket from, SSLSocket to, OutputStream copy) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] buffer = new byte[8192];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        copy.write(buffer, 0, n);
        out.write(buffer, 0, n);
      }
    } catch (IOException e) {
      Thread.currentThread().setName("inspecting-proxy-ended"); // one of the two has gone
    }
  }

  @Override
  public void close() throws IOException {
    listening.close();
  }

  /** Whoever the server is, it is none of the proxy's business. */
  private static final class Anybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {
      // There are no certificates of clients.
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {
      // Clients cannot tell either, once they trust the proxy.
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
