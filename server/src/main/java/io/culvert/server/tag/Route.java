package io.culvert.server.tag;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * How to reach somebody: through the socket that his datagram came in by, since his NAT lets
 * nothing else through.
 */
record Route(Outlet outlet, InetSocketAddress remote) {
  void send(byte[] datagram) {
    outlet.send(remote, datagram);
  }

  InetAddress ip() {
    return remote.getAddress();
  }
}
