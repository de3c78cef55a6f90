package io.culvert.client.tcppunch;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * Where a {@code tcppunch} server is. The protocol introduces IPv4 addresses only, so both are.
 *
 * @param main where peers are online
 * @param aux where they show their ports, tcp-a
 */
public record RendezvousAddress(InetSocketAddress main, InetSocketAddress aux) {
  /** The main port when none is named. */
  public static final int DEFAULT_PORT = 40040;

  /**
   * Reads {@code HOST[:PORT[:AUXPORT]]}; AUXPORT is one above PORT when it is not named. Looks the
   * host up, which may block.
   *
   * @throws IllegalArgumentException when it is not of that form
   * @throws UnknownHostException when the host has no IPv4 address
   */
  public static RendezvousAddress parse(String text) throws UnknownHostException {
    String[] parts = text.split(":", -1);
    if (parts.length > 3 || parts[0].isEmpty()) {
      throw new IllegalArgumentException(
          "a server is HOST, HOST:PORT or HOST:PORT:AUXPORT, not \"" + text + "\"");
    }
    int port = parts.length > 1 ? port(parts[1]) : DEFAULT_PORT;
    int auxPort = parts.length > 2 ? port(parts[2]) : Math.min(port + 1, 65_535);
    for (InetAddress address : lookUp(parts[0])) {
      if (address instanceof Inet4Address) {
        return new RendezvousAddress(
            new InetSocketAddress(address, port), new InetSocketAddress(address, auxPort));
      }
    }
    throw new UnknownHostException(parts[0] + " has no IPv4 address");
  }

  private static InetAddress[] lookUp(String host) throws UnknownHostException {
    try {
      return InetAddress.getAllByName(host);
    } catch (UnknownHostException e) {
      throw new UnknownHostException(host + " is not known");
    }
  }

  @Override
  public String toString() {
    return main.getAddress().getHostAddress() + ":" + main.getPort();
  }

  private static int port(String text) {
    try {
      int port = Integer.parseInt(text);
      if (port > 0 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw new IllegalArgumentException("\"" + text + "\" is not a port between 1 and 65535");
  }
}
