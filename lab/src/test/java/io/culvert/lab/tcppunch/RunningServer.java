package io.culvert.lab.tcppunch;

import io.culvert.client.tcppunch.RendezvousAddress;
import io.culvert.server.config.ServerConfig.TcpPunchConfig;
import io.culvert.server.net.ServerStartException;
import io.culvert.server.tcppunch.TcpPunchServer;
import java.net.InetAddress;
import java.util.List;

/** A tcppunch server on any free ports. */
record RunningServer(TcpPunchServer server, RendezvousAddress address) implements AutoCloseable {
  static RunningServer at(InetAddress address) throws ServerStartException {
    return at(address, 0, 0);
  }

  /** Another server on the same ports, once this one is closed; it knows nobody. */
  RunningServer again() throws ServerStartException {
    close();
    return at(address.main().getAddress(), address.main().getPort(), address.aux().getPort());
  }

  private static RunningServer at(InetAddress address, int port, int auxPort)
      throws ServerStartException {
    TcpPunchServer server =
        TcpPunchServer.start(List.of(address), new TcpPunchConfig(true, port, auxPort, 100));
    return new RunningServer(
        server, new RendezvousAddress(server.mainAddress(), server.auxAddress()));
  }

  @Override
  public void close() {
    server.close();
  }
}
