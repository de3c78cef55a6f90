package io.culvert.client.flow;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Whom to ask for the public address of a port. */
final class StunServers {
  private StunServers() {}

  /**
   * Those that are known; the sockets know IPv4 only.
   *
   * @param relayServer what the server has told the caller, or the caller the callee
   */
  static List<InetSocketAddress> of(Optional<InetSocketAddress> relayServer, Account account) {
    return Stream.concat(
            relayServer.stream(), account.stunServer().getNow(Optional.empty()).stream())
        .filter(Candidates::isIpv4)
        .filter(server -> mayBeAsked(server.getAddress(), account))
        .distinct()
        .toList();
  }

  /** Nobody may send us to the services of our own machine, unless that is where everybody is. */
  private static boolean mayBeAsked(InetAddress server, Account account) {
    return !server.isAnyLocalAddress()
        && !server.isMulticastAddress()
        && (!server.isLoopbackAddress() || account.signalServer().getAddress().isLoopbackAddress());
  }
}
