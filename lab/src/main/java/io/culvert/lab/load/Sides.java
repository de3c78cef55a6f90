package io.culvert.lab.load;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Which of this machine's addresses clients and peers have. On loopback each side has one of its
 * own, so that their ports do not take those away from which the server relays.
 */
record Sides(InetAddress client, InetAddress peer) {
  static Sides towards(InetSocketAddress server) throws IOException {
    if (server.getAddress() instanceof Inet4Address address && address.isLoopbackAddress()) {
      return new Sides(InetAddress.ofLiteral("127.1.0.1"), InetAddress.ofLiteral("127.2.0.1"));
    }
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(server);
      return new Sides(socket.getLocalAddress(), socket.getLocalAddress());
    }
  }
}
