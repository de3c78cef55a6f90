package io.culvert.client.portmap;

import io.culvert.client.net.DatagramSockets;
import io.culvert.traversal.portmap.Gateway;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The routers that this machine sends to what is not in its own networks. */
final class DefaultGateways {
  private static final Logger log = LoggerFactory.getLogger(DefaultGateways.class);

  /** As this thread sees them: its network may be another one than that of its process. */
  private static final Path TABLES = Path.of("/proc/thread-self/net");

  private static final Pattern BLANKS = Pattern.compile("\\s+");

  /** RTF_UP and RTF_GATEWAY of the kernel. */
  private static final int UP_AND_GATEWAY = 0x3;

  /** Of the internet, whichever: which of our addresses is used tells the routing table. */
  private static final InetSocketAddress SOMEWHERE =
      new InetSocketAddress(InetAddress.ofLiteral("2001:db8::1"), 9);

  /**
   * A line of a routing table.
   *
   * @param metric the least is used
   */
  record Route(String device, InetAddress gateway, long metric) {}

  private DefaultGateways() {}

  /** One of IPv4 and one of IPv6 at most; none where there is no such table. */
  static List<Gateway> find() {
    List<Gateway> gateways = new ArrayList<>();
    best(ipv4(lines("route"), ByteOrder.nativeOrder()))
        .flatMap(route ->
            DatagramSockets.localAddressTowards(new InetSocketAddress(route.gateway(), 9))
                .map(client -> new Gateway(route.gateway(), client)))
        .ifPresent(gateways::add);
    best(ipv6(lines("ipv6_route")))
        .flatMap(route ->
            DatagramSockets.localAddressTowards(SOMEWHERE)
                .filter(DefaultGateways::isGlobal)
                .map(client -> new Gateway(scoped(route), client)))
        .ifPresent(gateways::add);
    return gateways;
  }

  private static List<String> lines(String table) {
    try {
      return Files.readAllLines(TABLES.resolve(table));
    } catch (NoSuchFileException e) {
      return List.of(); // another system, or one without that family
    } catch (IOException e) {
      log.warn("The routing table {} cannot be read: {}", TABLES.resolve(table), e.toString());
      return List.of();
    }
  }

  private static Optional<Route> best(List<Route> routes) {
    return routes.stream().min(Comparator.comparingLong(Route::metric));
  }

  /** The default routes of /proc/net/route, whose addresses are numbers as they lie in memory. */
  static List<Route> ipv4(List<String> table, ByteOrder order) {
    List<Route> routes = new ArrayList<>();
    for (String line : table) {
      String[] fields = BLANKS.split(line.trim(), -1);
      if (fields.length >= 8
          && fields[1].equals("00000000")
          && fields[7].equals("00000000")
          && isUp(fields[3])) {
        int number = HexFormat.fromHexDigits(fields[2]);
        byte[] bytes = ByteBuffer.allocate(Integer.BYTES).order(order).putInt(number).array();
        routes.add(new Route(fields[0], address(bytes), Long.parseLong(fields[6])));
      }
    }
    return routes;
  }

  /** The default routes of /proc/net/ipv6_route. */
  static List<Route> ipv6(List<String> table) {
    List<Route> routes = new ArrayList<>();
    for (String line : table) {
      String[] fields = BLANKS.split(line.trim(), -1);
      if (fields.length == 10 && fields[1].equals("00") && isUp(fields[8])) {
        InetAddress gateway = address(HexFormat.of().parseHex(fields[4]));
        routes.add(new Route(fields[9], gateway, HexFormat.fromHexDigitsToLong(fields[5])));
      }
    }
    return routes;
  }

  private static boolean isUp(String flags) {
    return (HexFormat.fromHexDigits(flags) & UP_AND_GATEWAY) == UP_AND_GATEWAY;
  }

  /** An address of one link means nothing without the interface that is on it. */
  private static InetAddress scoped(Route route) {
    try {
      NetworkInterface device = NetworkInterface.getByName(route.device());
      return device != null && route.gateway().isLinkLocalAddress()
          ? Inet6Address.getByAddress(null, route.gateway().getAddress(), device)
          : route.gateway();
    } catch (IOException e) {
      log.debug("No interface {}", route.device(), e);
      return route.gateway();
    }
  }

  /** RFC 4291 §2.4: 2000::/3 is what the internet is made of. */
  private static boolean isGlobal(InetAddress ip) {
    return !(ip instanceof Inet4Address) && (ip.getAddress()[0] & 0xe0) == 0x20;
  }

  private static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("Four or sixteen bytes are an address.", e);
    }
  }
}
