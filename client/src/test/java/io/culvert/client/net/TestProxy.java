package io.culvert.client.net;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.culvert.client.HttpProxy;
import io.culvert.client.ServerAddress;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP proxy that leads to one server, whatever it is asked for. */
final class TestProxy implements AutoCloseable {
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final TestServer server;

  private TestProxy(InetSocketAddress target) throws IOException {
    server = TestServer.plain(connection -> serve(connection, target));
  }

  static TestProxy to(InetSocketAddress target) throws IOException {
    return new TestProxy(target);
  }

  HttpProxy proxy() throws UnknownHostException {
    return new HttpProxy(
        new ServerAddress("127.0.0.1", server.as("proxy.test").getPort()), Optional.empty());
  }

  /** The first lines of what it was asked. */
  List<String> asked() {
    return List.copyOf(asked);
  }

  private void serve(Socket near, InetSocketAddress target) throws IOException {
    StringBuilder head = new StringBuilder();
    InputStream input = near.getInputStream();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = input.read();
      if (next < 0) {
        return;
      }
      head.append((char) next);
    }
    asked.add(head.substring(0, head.indexOf("\r\n")));
    try (Socket far = new Socket(target.getAddress(), target.getPort())) {
      near.getOutputStream().write("HTTP/1.0 200 Fine\r\n\r\n".getBytes(US_ASCII));
      Thread back =
          Thread.startVirtualThread(() -> {
            try {
              far.getInputStream().transferTo(near.getOutputStream());
              near.shutdownOutput();
            } catch (IOException e) {
              Thread.currentThread().setName("broken");
            }
          });
      input.transferTo(far.getOutputStream());
      back.interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
