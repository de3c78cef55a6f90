package io.culvert.server.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** Whether this machine has IPv6. */
public final class Ipv6 {
  public static final InetAddress LOOPBACK = InetAddress.ofLiteral("::1");

  private Ipv6() {}

  public static boolean isThere() {
    try (ServerSocket socket = new ServerSocket(0, 1, LOOPBACK)) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
