package io.culvert.client;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * A server as people name it.
 *
 * @param host a name or an IP address
 * @param port 1 to 65535
 */
public record ServerAddress(String host, int port) {
  public ServerAddress {
    if (host.isEmpty()) {
      throw new IllegalArgumentException("a server is HOST or HOST:PORT");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException(port + " is not a port between 1 and 65535");
    }
  }

  /**
   * Reads {@code HOST[:PORT]}; an IPv6 address with a port stands in brackets.
   *
   * @throws IllegalArgumentException when it is not of that form
   */
  public static ServerAddress parse(String text, int defaultPort) {
    int colon = text.lastIndexOf(':');
    if (colon < 0 || text.endsWith("]") || (text.indexOf(':') < colon && !text.startsWith("["))) {
      return new ServerAddress(withoutBrackets(text), defaultPort);
    }
    return new ServerAddress(
        withoutBrackets(text.substring(0, colon)), port(text.substring(colon + 1)));
  }

  /**
   * Looks the host up, which may block; an IPv4 address is preferred.
   *
   * @throws UnknownHostException when there is no such host
   */
  public InetSocketAddress resolve() throws UnknownHostException {
    return resolveAll().getFirst();
  }

  /**
   * Looks the host up, which may block: at least one address, the preferred ones first, which are
   * those of IPv4.
   *
   * @throws UnknownHostException when there is no such host
   */
  public List<InetSocketAddress> resolveAll() throws UnknownHostException {
    return Arrays.stream(lookUp(host))
        .sorted(Comparator.comparing(address -> !(address instanceof Inet4Address)))
        .map(address -> new InetSocketAddress(address, port))
        .toList();
  }

  /**
   * The same for a protocol that knows no IPv6.
   *
   * @throws UnknownHostException when there is no such host, or it has no IPv4 address
   */
  public InetSocketAddress resolveIpv4() throws UnknownHostException {
    InetSocketAddress address = resolve();
    if (address.getAddress() instanceof Inet4Address) {
      return address;
    }
    throw new UnknownHostException(host + " has no IPv4 address");
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  private static InetAddress[] lookUp(String host) throws UnknownHostException {
    try {
      return InetAddress.getAllByName(host);
    } catch (UnknownHostException e) {
      throw new UnknownHostException(host + " is not known");
    }
  }

  private static String withoutBrackets(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  private static int port(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("\"" + text + "\" is not a port between 1 and 65535");
    }
  }
}
