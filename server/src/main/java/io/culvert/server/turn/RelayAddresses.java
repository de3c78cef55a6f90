package io.culvert.server.turn;

import io.culvert.server.config.PortRange;
import io.culvert.server.turn.pool.PortPool;
import io.culvert.wire.transport.SocketError;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** At which addresses of this machine relays are opened: one of each family that it listens on. */
final class RelayAddresses {
  private static final Logger log = LoggerFactory.getLogger(RelayAddresses.class);

  /** Anywhere on the Internet: only the way there is asked for, nothing is sent. */
  private static final InetAddress FAR_IPV4 = InetAddress.ofLiteral("192.0.2.1");

  private static final InetAddress FAR_IPV6 = InetAddress.ofLiteral("2001:db8::1");
  private static final int ANY_PORT = 9;

  private RelayAddresses() {}

  /**
   * Those of a server.
   *
   * @param listen where it listens; a wildcard stands for the address that this machine is reached
   *     at
   * @param publicIp what the world calls the address of its family
   */
  static List<RelayAddress> of(
      List<InetAddress> listen, Optional<InetAddress> publicIp, PortRange ports) {
    List<RelayAddress> all = new ArrayList<>();
    for (boolean ipv4 : new boolean[] {true, false}) {
      InetAddress local = local(listen, ipv4);
      if (local != null) {
        InetAddress advertised = publicIp.filter(ip -> isIpv4(ip) == ipv4).orElse(local);
        all.add(new RelayAddress(local, advertised, new PortPool(ports.first(), ports.last())));
      }
    }
    return all;
  }

  private static @Nullable InetAddress local(List<InetAddress> listen, boolean ipv4) {
    for (InetAddress address : listen) {
      if (isIpv4(address) == ipv4) {
        return address.isAnyLocalAddress() ? outward(ipv4) : address;
      }
    }
    return null;
  }

  /** The address that packets to the Internet leave from; without a way there, any that it has. */
  private static @Nullable InetAddress outward(boolean ipv4) {
    try (DatagramSocket socket = new DatagramSocket(null)) {
      socket.connect(new InetSocketAddress(ipv4 ? FAR_IPV4 : FAR_IPV6, ANY_PORT));
      InetAddress address = socket.getLocalAddress();
      if (isIpv4(address) == ipv4 && isUsable(address)) {
        return address;
      }
    } catch (IOException | UncheckedIOException e) {
      // There may be a way to somebody else.
      log.debug("turn: no way to the Internet from here: {}.", SocketError.explain(e));
    }
    return anyOf(ipv4);
  }

  private static @Nullable InetAddress anyOf(boolean ipv4) {
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .filter(address -> isIpv4(address) == ipv4 && isUsable(address))
          .findFirst()
          .orElse(ipv4 ? InetAddress.ofLiteral("127.0.0.1") : null);
    } catch (IOException e) {
      log.warn("turn: the addresses of this machine cannot be listed: {}.", SocketError.explain(e));
      return null;
    }
  }

  private static boolean isUsable(InetAddress address) {
    return !address.isAnyLocalAddress()
        && !address.isLoopbackAddress()
        && !address.isLinkLocalAddress();
  }

  private static boolean isIpv4(InetAddress address) {
    return address instanceof Inet4Address;
  }
}
