package io.culvert.server.tcppunch;

import io.culvert.server.config.ServerConfig.TcpPunchConfig;
import io.culvert.server.net.ServerStartException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** A server on free ports of the loopback address, and those who connect to it. */
final class TestServer implements AutoCloseable {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private final TcpPunchServer server;
  private final List<RawClient> clients = new ArrayList<>();

  private TestServer(int maxConnectionsPerIp, InetAddress... addresses)
      throws ServerStartException {
    server =
        TcpPunchServer.start(
            List.of(addresses), new TcpPunchConfig(true, 0, 0, maxConnectionsPerIp));
  }

  static TestServer start() throws ServerStartException {
    return new TestServer(16_384, LOOPBACK);
  }

  static TestServer start(int maxConnectionsPerIp) throws ServerStartException {
    return new TestServer(maxConnectionsPerIp, LOOPBACK);
  }

  /** On all addresses of the machine. */
  static TestServer startOnAllAddresses() throws ServerStartException {
    return new TestServer(16_384, InetAddress.ofLiteral("0.0.0.0"), InetAddress.ofLiteral("::"));
  }

  TcpPunchServer server() {
    return server;
  }

  InetSocketAddress mainAddress() {
    return server.listeners().getFirst().address();
  }

  InetSocketAddress auxAddress() {
    return server.listeners().getLast().address();
  }

  /** A new main connection. */
  RawClient main() throws IOException {
    return keep(RawClient.to(mainAddress()));
  }

  /** A new tcp-a connection. */
  RawClient aux() throws IOException {
    return keep(RawClient.to(auxAddress()));
  }

  /** Closes the client with the server. */
  RawClient keep(RawClient client) {
    clients.add(client);
    return client;
  }

  @Override
  public void close() throws IOException {
    for (RawClient client : clients) {
      client.close();
    }
    server.close();
  }
}
