package io.culvert.server.tag;

import java.net.InetSocketAddress;

/** A socket of the server, as something to send from. */
@FunctionalInterface
interface Outlet {
  void send(InetSocketAddress to, byte[] datagram);
}
