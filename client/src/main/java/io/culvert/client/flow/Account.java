package io.culvert.client.flow;

import io.culvert.wire.flow.TurnCredentials;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * What a login has given.
 *
 * @param session what the user may keep of it
 * @param server where the server was reached, with the port of logins
 * @param otherwise where else the server may be, which has other addresses as well
 * @param signalServer the same as in the session
 * @param stunServer once it is looked up; empty when there is none
 * @param turn what lets us use the TURN server, which is that STUN server
 * @param login what it was asked for with
 */
record Account(
    FlowSession session,
    InetSocketAddress server,
    List<InetSocketAddress> otherwise,
    InetSocketAddress signalServer,
    CompletableFuture<Optional<InetSocketAddress>> stunServer,
    Optional<TurnCredentials> turn,
    FlowLogin login) {
  /**
   * Where to be online: when that is where the logins are, all of its addresses. Where the server
   * was reached by the other family than that of the address that it tells, also where it was
   * reached: with IPv6 only, what it knows of its own IPv4 is of no use, even where it was reached
   * through a translator.
   */
  List<InetSocketAddress> signalServers() {
    Stream<InetSocketAddress> told = Stream.of(signalServer);
    if (signalServer.getAddress().equals(server.getAddress())) {
      return Stream.concat(told, otherwise.stream().map(at -> at(at, signalServer.getPort())))
          .toList();
    }
    return Candidates.isIpv4(signalServer) == Candidates.isIpv4(server)
        ? told.toList()
        : Stream.concat(Stream.of(at(server, signalServer.getPort())), told).toList();
  }

  private static InetSocketAddress at(InetSocketAddress address, int port) {
    return new InetSocketAddress(address.getAddress(), port);
  }

  String name() {
    return session.account();
  }

  String token() {
    return session.token();
  }
}
