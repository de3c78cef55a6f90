package io.culvert.client.flow;

import io.culvert.client.ServerAddress;
import io.culvert.client.net.RelayedPort;
import io.culvert.client.net.StreamAccess;
import io.culvert.client.net.StreamAccess.Door;
import io.culvert.client.tls.ServerTrust;
import io.culvert.client.tls.TlsPolicy;
import io.culvert.client.turn.TurnLogin;
import io.culvert.wire.flow.TurnCredentials;
import io.culvert.wire.flow.TurnUri;
import io.culvert.wire.flow.TurnUri.Transport;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Whom to ask for the public address of a port, and for another one. */
final class StunServers {
  /** What firewalls let through that let nothing else through. */
  private static final int HTTPS_PORT = 443;

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
        .flatMap(at ->
            turn.flatMap(told ->
                TurnLogin.of(told)
                    .map(login -> new RelayedPort.Access(at, login, streams(at, told, account)))));
  }

  /** Where the server is known not to be told by which ports, they are the usual ones. */
  private static StreamAccess streams(
      InetSocketAddress server, TurnCredentials turn, Account account) {
    String host = server.getAddress().getHostAddress();
    Stream<TurnUri> told = turn.urls().stream().flatMap(url -> TurnUri.parse(url).stream());
    Stream<TurnUri> usual =
        Stream.of(
            new TurnUri(false, host, server.getPort(), Transport.TCP),
            new TurnUri(true, host, HTTPS_PORT, Transport.TCP));
    return new StreamAccess(
        Stream.concat(told, usual)
            .filter(uri -> uri.transport() == Transport.TCP)
            .map(uri -> new Door(new ServerAddress(uri.host(), uri.port()), uri.secure()))
            .distinct()
            .limit(StreamAccess.MOST_DOORS)
            .toList(),
        account.login().server().host(),
        new Demand(TlsPolicy.NONE, new ServerTrust.FirstUse())
            .after(account.session().security())
            .trust(),
        account.login().proxies());
  }

  /** Nobody may send us to the services of our own machine, unless that is where everybody is. */
  private static boolean mayBeAsked(InetAddress server, Account account) {
    return !server.isAnyLocalAddress()
        && !server.isMulticastAddress()
        && (!server.isLoopbackAddress() || account.signalServer().getAddress().isLoopbackAddress());
  }
}
