package io.culvert.lab.load;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Which of this machine's addresses clients and peers have. On loopback each side has one of its
 * own, so that their ports do not take those away from which the server relays; and clients that
 * come later have another one than those before, for a server may remember for a moment whose
 * allocation has ended.
 */
record Sides(InetAddress client, InetAddress peer) {
  private static final byte[] CLIENT = {127, 1, 0, 1};

  /**
   * The addresses of the next ones.
   *
   * @param generation how many have been there before
   */
  static Sides towards(InetSocketAddress server, int generation) throws IOException {
    if (server.getAddress() instanceof Inet4Address address && address.isLoopbackAddress()) {
      byte[] client = CLIENT.clone();
      client[2] = (byte) generation;
      return new Sides(InetAddress.getByAddress(client), InetAddress.ofLiteral("127.2.0.1"));
    }
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(server);
      return new Sides(socket.getLocalAddress(), socket.getLocalAddress());
    }
  }
}
