package io.culvert.server.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.turn.Traffic.Figure;
import io.culvert.server.turn.auth.Verdict.Accepted;
import io.culvert.server.turn.peer.Cidr;
import io.culvert.server.turn.peer.PeerPolicy;
import io.culvert.server.turn.pool.Bandwidth;
import io.culvert.server.turn.pool.PortPool;
import io.culvert.server.turn.pool.Quotas;
import io.culvert.server.turn.tcp.TcpRelay;
import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.stun.AttributeType;
import io.culvert.wire.stun.StunKey;
import io.culvert.wire.transport.udp.DatagramPort;
import io.culvert.wire.transport.udp.Endpoint;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The server without sockets, in virtual time, for clients who are whoever they say they are. */
final class TurnOnPaper implements AutoCloseable {
  static final InetAddress IPV4 = InetAddress.ofLiteral("192.0.2.1");
  static final InetAddress IPV6 = InetAddress.ofLiteral("2001:db8::1");
  static final Endpoint LISTENER = at("192.0.2.1", 3478);
  static final int FIRST_PORT = 50_000;
  static final int LAST_PORT = 50_099;

  /** What those who answer for nobody sign with. */
  static final StunKey KEY = StunKey.of(new byte[] {1, 2, 3});

  private static final int MAX_LIFETIME = 3600;

  /** What a test's server is like where it differs from others. */
  record Setup(
      List<InetAddress> relayAddresses,
      InetAddress publicIpv4,
      Quotas.Limits limits,
      long bandwidth,
      boolean rfc5766Channels,
      boolean mobility) {
    static final Setup USUAL =
        new Setup(List.of(IPV4, IPV6), IPV4, new Quotas.Limits(0, 0, 0), 0, false, false);

    Setup relayAddresses(InetAddress... addresses) {
      return new Setup(
          List.of(addresses), publicIpv4, limits, bandwidth, rfc5766Channels, mobility);
    }

    Setup publicIpv4(InetAddress address) {
      return new Setup(relayAddresses, address, limits, bandwidth, rfc5766Channels, mobility);
    }

    Setup limits(Quotas.Limits its) {
      return new Setup(relayAddresses, publicIpv4, its, bandwidth, rfc5766Channels, mobility);
    }

    Setup bandwidth(long bytesPerSecond) {
      return new Setup(
          relayAddresses, publicIpv4, limits, bytesPerSecond, rfc5766Channels, mobility);
    }

    Setup withRfc5766Channels() {
      return new Setup(relayAddresses, publicIpv4, limits, bandwidth, true, mobility);
    }

    Setup withMobility() {
      return new Setup(relayAddresses, publicIpv4, limits, bandwidth, rfc5766Channels, true);
    }
  }

  private final Map<Endpoint, PaperPort> ports = new HashMap<>();
  private final Set<Integer> foreignPorts = new HashSet<>();
  private final List<PortPool> pools;
  private boolean hasDescriptors = true;
  private int tries;
  final Resources resources;
  final Turn turn;
  private long now = -5_000_000_000L; // a clock may begin anywhere

  TurnOnPaper() {
    this(Setup.USUAL);
  }

  TurnOnPaper(Setup setup) {
    List<RelayAddress> homes =
        setup.relayAddresses().stream()
            .map(address ->
                new RelayAddress(
                    address,
                    address.equals(IPV4) ? setup.publicIpv4() : address,
                    new PortPool(FIRST_PORT, LAST_PORT)))
            .toList();
    pools = homes.stream().map(RelayAddress::ports).toList();
    PeerPolicy peers =
        PeerPolicy.of(
            List.of(Cidr.parse("198.51.100.0/24"), Cidr.parse("2001:db8:2::/48")),
            List.of(),
            false,
            homes.stream().flatMap(home -> home.names().stream()).toList(),
            List.of(LISTENER));
    TurnSettings settings =
        new TurnSettings(
            peers,
            MAX_LIFETIME,
            setup.rfc5766Channels(),
            setup.mobility(),
            setup.bandwidth() > 0 || setup.limits().userBytesPerSecond() > 0,
            Optional.empty());
    resources =
        new Resources(
            homes, new Quotas(setup.limits()), new Bandwidth(setup.bandwidth(), now), settings);
    turn = new Turn(resources, new PaperSockets(), Runnable::run, TurnOnPaper::identify, () -> now);
  }

  static Endpoint at(String ip, int port) {
    return Endpoint.of(InetAddress.ofLiteral(ip), port);
  }

  private DatagramPort open(InetSocketAddress address, DatagramPort.Receiver receiver)
      throws IOException {
    Endpoint endpoint = Endpoint.of(address);
    tries++;
    if (!hasDescriptors) {
      throw new IOException("socket(..) failed with error(-24): Too many open files");
    }
    if (foreignPorts.contains(address.getPort()) || ports.containsKey(endpoint)) {
      throw new BindException("Address already in use");
    }
    PaperPort port = new PaperPort(endpoint, receiver, () -> ports.remove(endpoint));
    ports.put(endpoint, port);
    return port;
  }

  private static boolean identify(Exchange exchange, long nowNanos) {
    @Nullable String user = null;
    try {
      var reader = exchange.request().reader();
      reader.open(reader.buffer());
      while (reader.next()) {
        if (reader.type() == AttributeType.USERNAME) {
          user = reader.text();
        }
      }
    } catch (MalformedMessageException e) {
      throw new AssertionError("it was sound a moment ago", e);
    }
    if (user == null) {
      exchange.fail(401, "");
      exchange.send();
      return false;
    }
    exchange.identify(new Accepted(user, KEY, false));
    return true;
  }

  /** Another loop of the same server. */
  Turn anotherLoop() {
    return anotherLoop(TurnOnPaper::identify);
  }

  /** The same, where that executor runs what other loops want done. */
  Turn anotherLoopOn(Executor executor) {
    return new Turn(resources, new PaperSockets(), executor, TurnOnPaper::identify, () -> now);
  }

  /** The same with clients who have to say who they are in another way. */
  Turn anotherLoop(Authentication authentication) {
    return new Turn(resources, new PaperSockets(), Runnable::run, authentication, () -> now);
  }

  /** A client over UDP. */
  PaperClient client() {
    return client("alice", 6000);
  }

  PaperClient client(String user, int port) {
    return new PaperClient(turn, ClientTransport.UDP, at("203.0.113.7", port), user);
  }

  /** Another program has that port. */
  void takeAway(int port) {
    foreignPorts.add(port);
  }

  /** The process may have no more sockets. */
  void runOutOfDescriptors() {
    hasDescriptors = false;
    tries = 0;
  }

  /** How often a socket has been asked for since then. */
  int tries() {
    return tries;
  }

  /** The socket of a relayed address. */
  PaperPort port(Endpoint relayed) {
    PaperPort port = ports.get(relayed);
    assertThat(port).as("a socket at %s", relayed).isNotNull();
    return port;
  }

  int openPorts() {
    return ports.size();
  }

  /** The sockets of all relayed addresses. */
  List<PaperPort> ports() {
    return List.copyOf(ports.values());
  }

  /** How many ports cannot be had, whoever has them. */
  int taken() {
    return pools.stream().mapToInt(pool -> pool.size() - pool.free()).sum();
  }

  /** Lets time pass, and what is due happen. */
  void pass(Duration elapsed) {
    now += elapsed.toNanos();
    turn.expire();
  }

  long counted(TurnCounter counter) {
    return resources.counters().snapshot().getOrDefault(counter, 0L);
  }

  long counted(Figure figure) {
    return turn.traffic().sum(figure);
  }

  /** Ends the server; it must have kept nothing. */
  @Override
  public void close() {
    turn.close();
    assertThat(ports).as("sockets left").isEmpty();
    assertThat(resources.quotas().inAll() - resources.reservations().size()).isZero();
    assertThat(pools)
        .allSatisfy(pool ->
            assertThat(pool.size() - pool.free())
                .isLessThanOrEqualTo(resources.reservations().size()));
  }

  private final class PaperSockets implements RelaySockets {
    @Override
    public DatagramPort open(InetSocketAddress address, DatagramPort.Receiver receiver)
        throws IOException {
      return TurnOnPaper.this.open(address, receiver);
    }

    @Override
    public TcpRelay open(InetSocketAddress address, TcpRelay.Owner owner) throws IOException {
      throw new BindException("there is no TCP on paper");
    }
  }
}
