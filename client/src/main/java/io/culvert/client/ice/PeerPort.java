package io.culvert.client.ice;

import io.culvert.client.net.DatagramSockets;
import io.culvert.client.net.RelayedPort;
import io.culvert.client.quic.DatagramKind;
import io.culvert.traversal.ice.Base;
import io.culvert.traversal.ice.CandidatePair;
import io.culvert.traversal.ice.Priorities;
import io.culvert.traversal.nat.NatProfile;
import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.ice.CandidateType;
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
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.IoEventLoop;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
  private final Map<InetSocketAddress, IceCandidate> candidates = new LinkedHashMap<>();
  private final Set<Base> bases = new LinkedHashSet<>();
  private final Map<Base, Socket> sockets = new HashMap<>();
  private final RelayedPort relay;
  private final ReflexiveAddresses reflexive;
  private final SearchTurns turns = new SearchTurns();
  private List<InetSocketAddress> stunServers = List.of();
  private int more;
  private boolean closed;

  /** Whose datagrams come on a way. */
  private record Way(IceSession session, CandidatePair pair) {}

  /** Not open yet. */
  public PeerPort(IoEventLoop loop) {
    this.loop = loop;
    this.datagrams = new DatagramLoop(loop);
    this.relay = new RelayedPort(loop, this::send, new RelayEvents());
    this.reflexive = new ReflexiveAddresses(loop, datagrams, random, this::send, this::isSeenAt);
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
    addHostCandidates(stunServers);
    reflexive.begin(stunServers, local.port());
  }

  private Endpoint open(InetSocketAddress address, Base base) throws IOException {
    Socket socket = new Socket(base);
    DatagramPort port = datagrams.open(address, OPTIONS, socket);
    socket.port = port;
    sockets.put(base, socket);
    return port.localAddress();
  }

  /** Asks for an address at that relay, unless there is one. */
  public void relayBy(RelayedPort.Access access) {
    if (relay.isSettled() && relay.address().isEmpty()) {
      relay.begin(access);
    }
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

  private void addHostCandidates(List<InetSocketAddress> servers) {
    List<InetAddress> outward =
        servers.stream().flatMap(to -> DatagramSockets.localAddressTowards(to).stream()).toList();
    for (InetAddress address : HostAddresses.now(outward::contains)) {
      DatagramPort port = port(address instanceof Inet4Address ? Bases.IPV4 : Bases.IPV6);
      if (port != null) {
        add(
            CandidateType.HOST,
            new InetSocketAddress(address, port.localAddress().port()),
            Optional.empty());
      }
    }
  }

  /** All that are known so far; sessions are told of more. */
  List<IceCandidate> candidates() {
    return List.copyOf(candidates.values());
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
    return relay.whyNot();
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
    relay.reach(Set.of(peer));
  }

  /** There will be much to say on that way. */
  void expectMuch(CandidatePair way) {
    if (way.local().relayed()) {
      relay.expectMuch(way.remote());
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
    Endpoint to = Endpoint.of(way.remote());
    for (int at = datagrams.readerIndex(); at < end; at += size) {
      int length = Math.min(size, end - at);
      if (way.local().relayed()) {
        relay.send(ByteBufUtil.getBytes(datagrams, at, length), way.remote());
      } else if (port != null) {
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

  private void send(byte[] datagram, InetSocketAddress to) {
    DatagramPort port = port(to.getAddress() instanceof Inet4Address ? Bases.IPV4 : Bases.IPV6);
    if (port != null) {
      port.send(Unpooled.wrappedBuffer(datagram), 0, datagram.length, Endpoint.of(to));
    }
  }

  /** There is one such address at a time. */
  private void isSeenAt(InetSocketAddress address) {
    candidates.values().removeIf(known -> known.type() == CandidateType.SERVER_REFLEXIVE);
    add(CandidateType.SERVER_REFLEXIVE, address, Optional.of(new InetSocketAddress(0)));
  }

  private void add(
      CandidateType type, InetSocketAddress address, Optional<InetSocketAddress> related) {
    long behind =
        candidates.values().stream().filter(candidate -> candidate.type() == type).count();
    IceCandidate candidate =
        new IceCandidate(
            type.text() + behind,
            Priorities.of(type, address.getAddress() instanceof Inet4Address, (int) behind),
            address,
            type,
            related,
            Optional.empty());
    if (candidates.putIfAbsent(address, candidate) == null) {
      List.copyOf(sessions.values()).forEach(session -> session.found(candidate));
    }
  }

  /** Gives everything back; sessions have been closed before. */
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    reflexive.close();
    relay.close(datagrams::close); // its server is told, so the socket stays for a moment
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
    for (IceSession session : sessions.values()) {
      if (session.isValid(pair)) {
        Socket socket = sockets.get(base);
        if (socket != null) {
          socket.ways.put(from, new Way(session, pair));
        }
        session.data(pair, datagram);
        return;
      }
    }
    // It may overtake the answer to our check.
    for (IceSession session : sessions.values()) {
      if (session.knows(pair)) {
        session.data(pair, datagram);
        return;
      }
    }
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
      if (relay.server().map(Endpoint::of).filter(from::equals).isPresent()
          && relay.heard(datagram, from.toSocketAddress())) {
        return;
      }
      take(base, from, datagram);
    }

    @Override
    public void unreachable(Endpoint to, int type, int code, int data) {
      // Anybody can send such a message; what does not arrive is not answered either.
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

  private final class RelayEvents implements RelayedPort.Observer {
    @Override
    public void settled() {
      relay
          .address()
          .filter(at -> at.getAddress() instanceof Inet4Address)
          .ifPresent(address -> {
            candidates.values().removeIf(known -> known.type() == CandidateType.RELAYED);
            bases.add(Bases.RELAY);
            // A peer that has an address at the same relay may be the first to call there.
            expect(address);
            List.copyOf(sessions.values()).forEach(session -> session.opened(Bases.RELAY));
            add(CandidateType.RELAYED, address, Optional.of(new InetSocketAddress(0)));
          });
    }

    @Override
    public void opened(InetAddress peer) {
      // Checks on that way are repeated until they get through.
    }

    @Override
    public void received(byte[] data, InetSocketAddress peer) {
      if (data.length > 0) {
        take(Bases.RELAY, Endpoint.of(peer), Unpooled.wrappedBuffer(data));
      }
    }
  }
}
