package io.culvert.lab.turn;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports that nobody has at the moment. */
final class LoopbackPorts {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  /** Below those that the kernel hands out, above those that services are on. */
  private static final int FIRST = 20_000;

  private static final int PAIRS = 6_000;

  private LoopbackPorts() {}

  /** A port that is free with UDP and TCP, as is the one after it: coturn takes both. */
  static int freePair() throws IOException {
    while (true) {
      int port = FIRST + 2 * ThreadLocalRandom.current().nextInt(PAIRS);
      try (DatagramSocket udp = new DatagramSocket(port, LOOPBACK);
          DatagramSocket nextUdp = new DatagramSocket(port + 1, LOOPBACK);
          ServerSocket tcp = new ServerSocket(port, 1, LOOPBACK);
          ServerSocket nextTcp = new ServerSocket(port + 1, 1, LOOPBACK)) {
        return new InetSocketAddress(LOOPBACK, udp.getLocalPort()).getPort();
      } catch (BindException e) {
        // Somebody has one of them.
      }
    }
  }
}
