package io.culvert.client.flow;

import io.culvert.client.ServerAddress;
import io.culvert.client.net.LocalAddresses;
import io.culvert.client.net.RelayedPort;
import io.culvert.client.net.StreamAccess;
import io.culvert.client.net.StreamAccess.Door;
import io.culvert.client.tls.ServerTrust;
import io.culvert.client.tls.TlsPolicy;
import io.culvert.client.turn.TurnLogin;
import io.culvert.wire.flow.TurnCredentials;
import io.culvert.wire.flow.TurnUri;
import io.culvert.wire.flow.TurnUri.Transport;
import io.netty.util.NetUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Arrays;
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
   * Those of a peer, whose sockets know both families: what the server has told, and its other
   * addresses, where it most likely speaks STUN as well.
   */
  static List<InetSocketAddress> ofPeer(Account account) {
    return account.stunServer().getNow(Optional.empty()).stream()
        .flatMap(told -> Stream.concat(Stream.of(told), elsewhere(told, account)))
        .filter(server -> mayBeAsked(server.getAddress(), account))
        .distinct()
        .toList();
  }

  private static Stream<InetSocketAddress> elsewhere(InetSocketAddress told, Account account) {
    return Stream.concat(Stream.of(account.server()), account.otherwise().stream())
        .map(at -> new InetSocketAddress(at.getAddress(), told.getPort()));
  }

  /**
   * The relay of a peer, if there is one. Where the server was reached by the other family, it is
   * asked there first, as in {@link Account#signalServers}.
   */
  static Optional<RelayedPort.Access> relayOfPeer(Account account) {
    Optional<InetSocketAddress> told = account.stunServer().getNow(Optional.empty());
    return told.flatMap(at -> {
      boolean isHere = Candidates.isIpv4(at) == Candidates.isIpv4(account.server());
      return account
          .turn()
          .flatMap(turn ->
              isHere
                  ? relay(at, Optional.empty(), others(turn, at), turn, account)
                  : relay(
                      new InetSocketAddress(account.server().getAddress(), at.getPort()),
                      told,
                      others(turn, at),
                      turn,
                      account));
    });
  }

  /** What the server names beside itself: any that takes its credentials. */
  private static List<ServerAddress> others(TurnCredentials turn, InetSocketAddress itself) {
    return turn.urls().stream()
        .flatMap(url -> TurnUri.parse(url).stream())
        .filter(uri -> uri.transport() == Transport.UDP && !uri.secure())
        .map(uri -> new ServerAddress(uri.host(), uri.port()))
        .filter(other -> !isAt(other, itself))
        .distinct()
        .limit(RelayedPort.Access.MOST_OTHERS)
        .toList();
  }

  private static boolean isAt(ServerAddress server, InetSocketAddress address) {
    return server.port() == address.getPort()
        && Arrays.equals(
            NetUtil.createByteArrayFromIpAddressString(server.host()),
            address.getAddress().getAddress());
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
        .flatMap(
            at -> turn.flatMap(known -> relay(at, Optional.empty(), List.of(), known, account)));
  }

  private static Optional<RelayedPort.Access> relay(
      InetSocketAddress server,
      Optional<InetSocketAddress> otherwise,
      List<ServerAddress> others,
      TurnCredentials turn,
      Account account) {
    return TurnLogin.of(turn)
        .filter(_ -> mayBeAsked(server.getAddress(), account))
        .map(login ->
            new RelayedPort.Access(
                server,
                otherwise,
                others,
                login,
                Optional.of(turn.ttl()),
                streams(server, turn, account)));
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
    return LocalAddresses.mayBeSomebody(server, account.signalServer().getAddress());
  }
}
