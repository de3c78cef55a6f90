package io.culvert.lab.sim;

import java.net.Inet6Address;
import java.net.InetSocketAddress;

/** How addresses with ports are written in traces. */
final class Endpoints {
  private Endpoints() {}

  static String text(InetSocketAddress endpoint) {
    String host = endpoint.getAddress().getHostAddress();
    return endpoint.getAddress() instanceof Inet6Address
        ? "[" + host + "]:" + endpoint.getPort()
        : host + ":" + endpoint.getPort();
  }
}
