package io.culvert.lab.tag;

import io.culvert.server.config.ServerConfig.TagConfig;
import io.culvert.server.net.ServerStartException;
import io.culvert.server.tag.TagServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** A tag server on any free port. */
record RunningServer(TagServer server, InetSocketAddress address) implements AutoCloseable {
  static RunningServer at(InetAddress address) throws ServerStartException {
    return at(address, 0);
  }

  /** Another server on the same port, once this one is closed; it knows nobody. */
  RunningServer again() throws ServerStartException {
    close();
    return at(address.getAddress(), address.getPort());
  }

  private static RunningServer at(InetAddress address, int port) throws ServerStartException {
    TagServer server = TagServer.start(List.of(address), new TagConfig(true, port));
    return new RunningServer(server, server.listeners().getFirst().address());
  }

  @Override
  public void close() {
    server.close();
  }
}
