package io.culvert.client.flow;

import io.culvert.client.net.RelayedPort;
import io.culvert.client.turn.TurnLogin;
import io.culvert.wire.flow.TurnCredentials;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Whom to ask for the public address of a port, and for another one. */
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

  /**
   * The relay of a call, if it is one that we can use.
   *
   * @param server what the server has told the caller, or the caller the callee
   * @param turn what lets us use it, from the same source
   */
  static Optional<RelayedPort.Access> relay(
      Optional<InetSocketAddress> server, Optional<TurnCredentials> turn, Account account) {
    return server
        .filter(Candidates::isIpv4)
        .filter(at -> mayBeAsked(at.getAddress(), account))
        .flatMap(at -> turn.flatMap(TurnLogin::of).map(login -> new RelayedPort.Access(at, login)));
  }

  /** Nobody may send us to the services of our own machine, unless that is where everybody is. */
  private static boolean mayBeAsked(InetAddress server, Account account) {
    return !server.isAnyLocalAddress()
        && !server.isMulticastAddress()
        && (!server.isLoopbackAddress() || account.signalServer().getAddress().isLoopbackAddress());
  }
}
