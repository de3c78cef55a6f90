package io.culvert.lab.tcppunch;

import io.culvert.client.tcppunch.RendezvousAddress;
import io.culvert.server.config.ServerConfig.TcpPunchConfig;
import io.culvert.server.tcppunch.TcpPunchServer;
import java.net.InetAddress;
import java.util.List;

/** A tcppunch server on any free ports. */
record RunningServer(TcpPunchServer server) implements AutoCloseable {
  static RunningServer at(InetAddress address) throws Exception {
    return new RunningServer(
        TcpPunchServer.start(List.of(address), new TcpPunchConfig(true, 0, 0, 100)));
  }

  RendezvousAddress address() {
    return new RendezvousAddress(server.mainAddress(), server.auxAddress());
  }

  @Override
  public void close() {
    server.close();
  }
}
