package io.culvert.client.ice;

import io.culvert.client.net.ClientLoop;
import io.culvert.client.net.DatagramSockets;
import io.culvert.client.net.RelayedPort;
import io.culvert.client.portmap.PortMapper.Ports;
import io.culvert.client.quic.DatagramKind;
import io.culvert.traversal.ice.Base;
import io.culvert.traversal.ice.CandidatePair;
import io.culvert.traversal.nat.NatProfile;
import io.culvert.traversal.portmap.Finding;
import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.ice.IceCandidate;
import io.culvert.wire.ice.NatSightings;
import io.culvert.wire.stun.StunAttribute.Username;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunCodec;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.transport.udp.DatagramLoop;
import io.culvert.wire.transport.udp.DatagramOptions;
import io.culvert.wire.transport.udp.DatagramPort;
import io.culvert.wire.transport.udp.Endpoint;
import io.culvert.wire.transport.udp.EndpointMap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.IoEventLoop;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The UDP port of a peer, by which all its connections go: open before anybody calls, with all its
 * addresses known and kept. Confined to its event loop.
 */
public final class PeerPort {
  private static final Logger log = LoggerFactory.getLogger(PeerPort.class);

  /** Bursts of a fast connection; the kernel may grant less. */
  private static final int BUFFER_BYTES = 4 << 20;

  private static final DatagramOptions OPTIONS =
      new DatagramOptions(false, BUFFER_BYTES, BUFFER_BYTES, false);

  private static final InetSocketAddress ANY_IPV4 = new InetSocketAddress("0.0.0.0", 0);
  private static final InetSocketAddress ANY_IPV6 = new InetSocketAddress("::", 0);

  private final IoEventLoop loop;
  private final DatagramLoop datagrams;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, IceSession> sessions = new LinkedHashMap<>();
  private final LocalCandidates candidates = new LocalCandidates(this::tell);
  private final Set<Base> bases = new LinkedHashSet<>();
  private final Map<Base, Socket> sockets = new HashMap<>();
  private final KeptRelay relay;
  private final ReflexiveAddresses reflexive;
  private final RouterPort router;
  private final SearchTurns turns = new SearchTurns();
  private @Nullable InetSocketAddress seenAt;
  private int more;
  private final Map<InetSocketAddress, Way> relayedWays = new HashMap<>();
  private List<InetSocketAddress> stunServers = List.of();
  private Runnable whenMoved = () -> {};
  private CompletableFuture<Void> routerHasItBack = CompletableFuture.completedFuture(null);
  private boolean closed;

  /** Whose datagrams come on a way. */
  private record Way(IceSession session, CandidatePair pair) {}

  /** Not open yet. */
  public PeerPort(IoEventLoop loop) {
    this.loop = loop;
    this.datagrams = new DatagramLoop(loop);
    this.relay = new KeptRelay(loop, this::send, new RelayEvents());
    this.reflexive = new ReflexiveAddresses(loop, datagrams, random, this::sendAll, this::isSeenAt);
    this.router = new RouterPort(loop, new RouterEvents());
  }

  /**
   * Opens it and begins to learn its addresses.
   *
   * @param stunServers to be asked for the reflexive one
   * @throws IOException when there is no socket to be had
   */
  public void open(List<InetSocketAddress> stunServers) throws IOException {
    this.stunServers = List.copyOf(stunServers);
    Endpoint local = open(ANY_IPV4, Bases.IPV4);
    bases.add(Bases.IPV4);
    openIpv6();
    lookAround();
    reflexive.begin(stunServers, local.port());
  }

  private Endpoint open(InetSocketAddress address, Base base) throws IOException {
    Socket socket = new Socket(base);
    DatagramPort port = datagrams.open(address, OPTIONS, socket);
    socket.port = port;
    sockets.put(base, socket);
    return port.localAddress();
  }

  /**
   * Has the router asked to let peers in, on that loop. To be called once, when this is open.
   *
   * @param asking of the sockets that punches are made with
   */
  public void askRouter(ClientLoop asking) {
    if (!closed) {
      router.begin(asking, new Ports(portNumber(Bases.IPV4), portNumber(Bases.IPV6)));
      router.seen(outside());
    }
  }

  private int portNumber(Base base) {
    DatagramPort port = port(base);
    return port == null ? 0 : port.localAddress().port();
  }

  /** What has come of asking the router, the best way first; empty when nobody is asked. */
  public List<Finding> routerFindings() {
    return router.findings();
  }

  /** Asks for an address at that relay, unless there is one; when it is lost, for another. */
  public void relayBy(RelayedPort.Access access) {
    relay.by(access);
  }

  /** Asks that first when an address at a relay is lost: the server may want other credentials. */
  public void relayAgainBy(Supplier<CompletableFuture<RelayedPort.Access>> source) {
    relay.againBy(source);
  }

  /** The server may be there again, that has lost our address. */
  public void relayAgain() {
    relay.again();
  }

  /** Done when it is known for the first time whether there is a relay. */
  public CompletableFuture<Void> relayIsKnown() {
    return relay.settled();
  }

  /**
   * A way may not work any more: that may be because of the relay, ours or the peer's at the same
   * server, or because we are elsewhere.
   */
  void doubt() {
    relay.port().check();
    reflexive.ask();
    lookAround();
  }

  /** Has that run when we are seen at another address than before. */
  public void whenMoved(Runnable task) {
    whenMoved = task;
  }

  /** Many machines have no IPv6, which is no reason to complain. */
  private void openIpv6() {
    try {
      open(ANY_IPV6, Bases.IPV6);
      bases.add(Bases.IPV6);
    } catch (IOException e) {
      log.debug("No IPv6: {}", e.getMessage());
    }
  }

  /** Opens a port beside the usual one; empty when the system grants no more. */
  Optional<Base> openMore() {
    Base base = Bases.more(more++);
    try {
      open(ANY_IPV4, base);
      return Optional.of(base);
    } catch (IOException e) {
      return Optional.empty(); // there are others
    }
  }

  /** Closes what {@link #openMore} has opened. */
  void close(Base base) {
    Socket socket = sockets.remove(base);
    if (socket != null && socket.port != null) {
      socket.port.close();
    }
  }

  /** Interfaces come and go; sessions are told of those that have come. */
  private void lookAround() {
    Predicate<InetAddress> outward =
        stunServers.stream()
                .flatMap(to -> DatagramSockets.localAddressTowards(to).stream())
                .collect(Collectors.toSet())
            ::contains;
    Set<InetSocketAddress> now = new LinkedHashSet<>();
    for (InetAddress address : HostAddresses.now(outward)) {
      DatagramPort port = port(address instanceof Inet4Address ? Bases.IPV4 : Bases.IPV6);
      if (port != null) {
        now.add(new InetSocketAddress(address, port.localAddress().port()));
      }
    }
    candidates.hosts(now);
  }

  /** All that are known so far; sessions are told of more. */
  List<IceCandidate> candidates() {
    return candidates.all();
  }

  Set<Base> bases() {
    return bases;
  }

  /** Who may be asked where we are seen. */
  List<InetSocketAddress> stunServers() {
    return stunServers;
  }

  IoEventLoop loop() {
    return loop;
  }

  /** Why there is no relay though there should be: a sentence for people. */
  public Optional<String> whyNoRelay() {
    return relay.port().whyNot();
  }

  /** From now on, what is meant for that session gets to it. */
  void add(String ufrag, IceSession session) {
    sessions.put(ufrag, session);
  }

  /** It is over. */
  void remove(String ufrag) {
    sessions.remove(ufrag);
    forgetWays();
  }

  /** Who sends on a way may have changed. */
  void forgetWays() {
    relayedWays.clear();
    sockets.values().forEach(Socket::forgetWays);
  }

  /** Who may search at the cost of our router. */
  SearchTurns turns() {
    return turns;
  }

  /** Finds out how our NAT gives ports away; runs the task when that is done. */
  void survey(Runnable task) {
    reflexive.survey(task);
  }

  /** What is known of our NAT, with what a peer says to have seen of the usual port. */
  NatSightings sightings(Collection<InetSocketAddress> byPeer) {
    return reflexive.sightings(byPeer);
  }

  /** The relay shall let a peer's datagrams through. */
  void expect(InetSocketAddress peer) {
    relay.port().reach(Set.of(peer));
  }

  /** There will be much to say on that way. */
  void expectMuch(CandidatePair way) {
    if (way.local().relayed()) {
      relay.port().expectMuch(way.remote());
    }
  }

  /**
   * Sends datagrams, one behind the other: each is {@code size} bytes long but for the last.
   *
   * @param datagrams stays the caller's; its indices stay, too
   */
  void send(CandidatePair way, ByteBuf datagrams, int size) {
    int end = datagrams.writerIndex();
    DatagramPort port = port(way.local());
    Endpoint to = way.local().relayed() ? null : Endpoint.of(way.remote());
    for (int at = datagrams.readerIndex(); at < end; at += size) {
      int length = Math.min(size, end - at);
      if (way.local().relayed()) {
        relay.port().send(datagrams, at, length, way.remote());
      } else if (port != null && to != null) {
        port.send(datagrams, at, length, to);
      }
    }
  }

  private @Nullable DatagramPort port(Base base) {
    Socket socket = sockets.get(base);
    return socket == null ? null : socket.port;
  }

  /**
   * Opens our NAT with a datagram that dies on its way, behind so many routers. One that gives
   * every destination a port of its own has nothing to be opened: the peer does not know the port.
   */
  void open(CandidatePair way, ByteBuf datagram, int hops) {
    DatagramPort port = port(way.local());
    boolean isInVain = NatProfile.of(sightings(List.of())).isSymmetric();
    if (port == null || isInVain || !port.hopLimit(hops)) {
      send(way, datagram, datagram.readableBytes());
    } else {
      send(way, datagram, datagram.readableBytes());
      port.hopLimit(0);
    }
  }

  private void sendAll(byte[] datagram, InetSocketAddress to) {
    send(Unpooled.wrappedBuffer(datagram), 0, datagram.length, to);
  }

  private void send(ByteBuf bytes, int index, int length, InetSocketAddress to) {
    DatagramPort port = port(to.getAddress() instanceof Inet4Address ? Bases.IPV4 : Bases.IPV6);
    if (port != null) {
      port.send(bytes, index, length, Endpoint.of(to));
    }
  }

  /**
   * There is one such address at a time, beside what the router keeps open. A router that has been
   * told by others to pass our port on does so under that number, whatever the port is that it
   * gives to what we send.
   */
  private void isSeenAt(InetSocketAddress address) {
    boolean hasMoved = seenAt != null && !seenAt.equals(address);
    seenAt = address;
    candidates.forgetReflexive(known -> !router.keeps(known));
    candidates.reflexive(address);
    DatagramPort port =
        port(address.getAddress() instanceof Inet4Address ? Bases.IPV4 : Bases.IPV6);
    if (port != null && port.localAddress().port() != address.getPort()) {
      candidates.reflexive(new InetSocketAddress(address.getAddress(), port.localAddress().port()));
    }
    router.seen(outside());
    if (hasMoved) {
      whenMoved.run();
    }
  }

  private void tell(IceCandidate candidate) {
    List.copyOf(sessions.values()).forEach(session -> session.found(candidate));
  }

  /** Where the Internet sees us, which with IPv6 is where we are: it is not translated. */
  private Set<InetAddress> outside() {
    Set<InetAddress> addresses = new HashSet<>();
    if (seenAt != null) {
      addresses.add(seenAt.getAddress());
    }
    candidates.hosts().filter(Inet6Address.class::isInstance).forEach(addresses::add);
    return addresses;
  }

  /**
   * Gives everything back; sessions have been closed before.
   *
   * @return completes when the router has its port back, after two seconds at most, on any thread
   */
  public CompletableFuture<Void> close() {
    if (!closed) {
      closed = true;
      reflexive.close();
      relay.close(datagrams::close); // its server is told, so the socket stays for a moment
      routerHasItBack = router.close();
    }
    return routerHasItBack;
  }

  private void stun(Base base, InetSocketAddress from, ByteBuf datagram) {
    StunMessage message;
    try {
      message = StunCodec.decode(datagram);
    } catch (MalformedMessageException e) {
      return; // anybody can send anything
    }
    boolean isServers = !base.relayed() && reflexive.heard(message, from);
    if (isServers) {
      return;
    }
    if (message.messageClass() == StunClass.REQUEST) {
      message
          .first(Username.class)
          .map(username -> sessions.get(before(username.name())))
          .ifPresent(session -> session.received(base, from, datagram));
    } else {
      List.copyOf(sessions.values()).forEach(session -> session.received(base, from, datagram));
    }
  }

  private static String before(String name) {
    int colon = name.indexOf(':');
    return colon < 0 ? name : name.substring(0, colon);
  }

  private void data(Base base, Endpoint from, ByteBuf datagram) {
    CandidatePair pair = new CandidatePair(base, from.toSocketAddress());
    // Two connections with one peer share all ways: whose it is, QUIC knows. And what comes may
    // overtake the answer to our check.
    List<IceSession> those =
        sessions.values().stream().filter(session -> session.knows(pair)).toList();
    Socket socket = sockets.get(base);
    if (those.size() == 1 && those.getFirst().isValid(pair)) {
      Way way = new Way(those.getFirst(), pair);
      if (base.relayed()) {
        relayedWays.put(pair.remote(), way);
      } else if (socket != null) {
        socket.ways.put(from, way);
      }
    }
    those.forEach(session -> session.data(pair, datagram));
  }

  /** A UDP port, and whose datagrams come to it from where. */
  private final class Socket implements DatagramPort.Receiver {
    private final Base base;
    private @Nullable DatagramPort port;
    private EndpointMap<Way> ways = new EndpointMap<>(random.nextLong());

    Socket(Base base) {
      this.base = base;
    }

    void forgetWays() {
      if (ways.size() > 0) {
        ways = new EndpointMap<>(random.nextLong());
      }
    }

    @Override
    public void received(ByteBuf buffer, int index, int length, long high, long low, int fromPort) {
      if (length == 0) {
        return;
      }
      ByteBuf datagram = buffer.slice(index, length);
      Way way = ways.get(high, low, fromPort);
      if (way != null && kind(datagram) == DatagramKind.QUIC) {
        way.session().data(way.pair(), datagram);
        return;
      }
      Endpoint from = new Endpoint(high, low, fromPort);
      if (relay.port().heard(datagram, from)) {
        return;
      }
      take(base, from, datagram);
    }

    @Override
    public void unreachable(Endpoint to, int type, int code, int data) {
      // Anybody can send such a message: a relay is only looked for in other ways, too.
      relay.port().unreachable(to);
    }
  }

  private void take(Base base, Endpoint from, ByteBuf datagram) {
    switch (kind(datagram)) {
      case STUN -> stun(base, from.toSocketAddress(), datagram);
      case QUIC -> data(base, from, datagram);
      case CHANNEL_DATA, OTHER -> {} // of no protocol that a peer speaks
    }
  }

  private static DatagramKind kind(ByteBuf datagram) {
    return DatagramKind.of(datagram.getUnsignedByte(datagram.readerIndex()), false);
  }

  private final class RouterEvents implements RouterPort.Observer {
    @Override
    public void opened(InetSocketAddress external) {
      candidates.reflexive(external);
    }

    @Override
    public void closed(InetSocketAddress external) {
      candidates.forgetReflexive(known -> known.equals(external) && !known.equals(seenAt));
    }
  }

  private final class RelayEvents implements KeptRelay.Observer {
    @Override
    public void relayedAt(InetSocketAddress address) {
      bases.add(Bases.RELAY);
      List.copyOf(sessions.values()).forEach(session -> session.opened(Bases.RELAY));
      candidates.relayed(address);
    }

    @Override
    public void relayLost() {
      candidates.forgetRelayed();
      bases.remove(Bases.RELAY);
      List.copyOf(sessions.values()).forEach(session -> session.closed(Bases.RELAY));
    }

    @Override
    public void relayed(ByteBuf data, InetSocketAddress peer) {
      if (!data.isReadable()) {
        return;
      }
      Way way = relayedWays.get(peer);
      if (way != null && kind(data) == DatagramKind.QUIC) {
        way.session().data(way.pair(), data);
      } else {
        take(Bases.RELAY, Endpoint.of(peer), data);
      }
    }
  }
}
