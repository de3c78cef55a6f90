package io.culvert.client.ice;

import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The addresses of this machine at which others may reach it. */
final class HostAddresses {
  /** Virtual machines and containers bring dozens, of which hardly any leads anywhere. */
  static final int MOST = 8;

  private static final Logger log = LoggerFactory.getLogger(HostAddresses.class);

  private HostAddresses() {}

  /**
   * Those that are there now, the likeliest first; loopback only where there is nothing else.
   *
   * @param towards an address that packets to the Internet leave from; it comes first
   */
  static List<InetAddress> now(Predicate<InetAddress> towards) {
    try {
      List<InetAddress> all =
          NetworkInterface.networkInterfaces()
              .filter(HostAddresses::isUp)
              .flatMap(NetworkInterface::inetAddresses)
              .filter(HostAddresses::isUsable)
              .sorted(Comparator.comparing(address -> !towards.test(address)))
              .limit(MOST)
              .toList();
      return all.isEmpty() ? List.of(InetAddress.ofLiteral("127.0.0.1")) : all;
    } catch (IOException e) {
      // Reflexive and relayed addresses are enough to be reached, if not from the same network.
      log.warn("The addresses of this machine cannot be found out: {}", e.getMessage());
      return List.of();
    }
  }

  private static boolean isUp(NetworkInterface each) {
    try {
      return each.isUp() && !each.isLoopback();
    } catch (IOException e) {
      return false; // it has just gone
    }
  }

  private static boolean isUsable(InetAddress address) {
    return !address.isLinkLocalAddress()
        && !address.isMulticastAddress()
        && !address.isAnyLocalAddress();
  }
}
