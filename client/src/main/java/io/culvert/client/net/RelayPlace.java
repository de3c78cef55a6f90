package io.culvert.client.net;

import io.culvert.client.ServerAddress;
import io.culvert.client.net.StreamAccess.Door;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * Where an address at a relay is asked for.
 *
 * @param name of the server, as we were told it
 * @param door by which it is reached; empty for UDP
 */
record RelayPlace(ServerAddress name, InetSocketAddress server, Optional<Door> door) {
  static RelayPlace byUdp(ServerAddress name, InetSocketAddress server) {
    return new RelayPlace(name, server, Optional.empty());
  }

  boolean isByUdp() {
    return door.isEmpty();
  }
}
