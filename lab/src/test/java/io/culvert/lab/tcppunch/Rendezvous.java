package io.culvert.lab.tcppunch;

import io.culvert.client.tcppunch.RendezvousAddress;
import io.culvert.server.config.ServerConfig.TcpPunchConfig;
import io.culvert.server.tcppunch.TcpPunchServer;
import java.net.InetAddress;
import java.util.List;

/** A tcppunch server on any free ports. */
record Rendezvous(TcpPunchServer server) implements AutoCloseable {
  static Rendezvous at(InetAddress address) throws Exception {
    return new Rendezvous(
        TcpPunchServer.start(List.of(address), new TcpPunchConfig(true, 0, 0, 100)));
  }

  RendezvousAddress address() {
    return new RendezvousAddress(
        server.listeners().getFirst().address(), server.listeners().getLast().address());
  }

  @Override
  public void close() {
    server.close();
  }
}
