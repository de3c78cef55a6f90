package io.culvert.client.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server on the loopback address that does the same on each connection. */
final class TestServer implements AutoCloseable {
  interface Behaviour {
    void on(Socket connection) throws IOException;
  }

  static final Behaviour ECHO =
      connection -> connection.getInputStream().transferTo(connection.getOutputStream());

  /** As a plain flow server does when a frame seems to have begun. */
  static final Behaviour SILENCE = connection -> connection.getInputStream().readAllBytes();

  private final ServerSocket socket;
  private final List<Socket> connections = new CopyOnWriteArrayList<>();

  private TestServer(ServerSocket socket, Behaviour behaviour) {
    this.socket = socket;
    Thread.startVirtualThread(() -> accept(behaviour));
  }

  static TestServer plain(Behaviour behaviour) throws IOException {
    return new TestServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), behaviour);
  }

  static TestServer encrypted(TestAuthority.Identity identity) throws Exception {
    return new TestServer(
        identity
            .context()
            .getServerSocketFactory()
            .createServerSocket(0, 50, InetAddress.getLoopbackAddress()),
        ECHO);
  }

  /** How a client knows it that was given this name. */
  InetSocketAddress as(String name) throws UnknownHostException {
    byte[] loopback = {127, 0, 0, 1};
    return new InetSocketAddress(InetAddress.getByAddress(name, loopback), socket.getLocalPort());
  }

  /** How many connections have come. */
  int connections() {
    return connections.size();
  }

  private void accept(Behaviour behaviour) {
    while (!socket.isClosed()) {
      try {
        Socket connection = socket.accept();
        connections.add(connection);
        Thread.startVirtualThread(() -> serve(connection, behaviour));
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  private static void serve(Socket connection, Behaviour behaviour) {
    try (connection) {
      behaviour.on(connection);
    } catch (IOException e) {
      // The client is gone, which is what many of the tests are about.
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
    for (Socket connection : connections) {
      connection.close();
    }
  }
}
