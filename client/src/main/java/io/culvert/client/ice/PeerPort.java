package io.culvert.client.ice;

import io.culvert.client.net.AddressProbe;
import io.culvert.client.net.Alarm;
import io.culvert.client.net.Backoff;
import io.culvert.client.net.DatagramSockets;
import io.culvert.client.net.RelayedPort;
import io.culvert.client.quic.DatagramKind;
import io.culvert.traversal.ice.Base;
import io.culvert.traversal.ice.CandidatePair;
import io.culvert.traversal.ice.Priorities;
import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.ice.CandidateType;
import io.culvert.wire.ice.IceCandidate;
import io.culvert.wire.stun.StunAttribute.Username;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunCodec;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.transport.MonotonicTime;
import io.culvert.wire.transport.udp.DatagramLoop;
import io.culvert.wire.transport.udp.DatagramOptions;
import io.culvert.wire.transport.udp.DatagramPort;
import io.culvert.wire.transport.udp.Endpoint;
import io.culvert.wire.transport.udp.EndpointMap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.IoEventLoop;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The UDP port of a peer, by which all its connections go: open before anybody calls, with all its
 * addresses known and kept. Confined to its event loop.
 */
public final class PeerPort {
  /** A NAT forgets an idle mapping after 30 s at the earliest. */
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);

  /** A relay that has been there for so long is asked again as if for the first time. */
  private static final Duration HELD = Duration.ofSeconds(10);

  /** Bursts of a fast connection; the kernel may grant less. */
  private static final int BUFFER_BYTES = 4 << 20;

  private static final DatagramOptions OPTIONS =
      new DatagramOptions(false, BUFFER_BYTES, BUFFER_BYTES, false);

  private static final InetSocketAddress ANY_IPV4 = new InetSocketAddress("0.0.0.0", 0);
  private static final InetSocketAddress ANY_IPV6 = new InetSocketAddress("::", 0);

  private final IoEventLoop loop;
  private final DatagramLoop datagrams;
  private final SecureRandom random = new SecureRandom();
  private final InstantSource time = new MonotonicTime();
  private final Map<String, IceSession> sessions = new LinkedHashMap<>();
  private final Map<InetSocketAddress, IceCandidate> candidates = new LinkedHashMap<>();
  private final Set<Base> bases = new LinkedHashSet<>();
  private final RelayedPort relay;
  private final Alarm alarm;
  private EndpointMap<Way> ways;
  private @Nullable DatagramPort ipv4;
  private @Nullable DatagramPort ipv6;
  private AddressProbe probe;
  private @Nullable Future<?> keepAlive;
  private final Backoff relayBackoff = new Backoff();
  private final Map<InetSocketAddress, Way> relayedWays = new HashMap<>();
  private RelayedPort.@Nullable Access relayAccess;
  private Supplier<CompletableFuture<RelayedPort.Access>> freshAccess =
      () -> CompletableFuture.failedFuture(new IllegalStateException("there is no other"));
  private @Nullable Future<?> nextRelay;
  private Instant relayedSince = Instant.MIN;
  private boolean reflexiveIsKnown;
  private boolean closed;

  /** Whose datagrams come on a way. */
  private record Way(IceSession session, CandidatePair pair) {}

  /** Not open yet. */
  public PeerPort(IoEventLoop loop) {
    this.loop = loop;
    this.datagrams = new DatagramLoop(loop);
    this.ways = new EndpointMap<>(random.nextLong());
    this.relay = new RelayedPort(loop, this::send, new RelayEvents());
    this.alarm = new Alarm(loop, time, this::proceed);
    this.probe = new AddressProbe(List.of(), time.instant(), random);
  }

  /**
   * Opens it and begins to learn its addresses.
   *
   * @param stunServers to be asked for the reflexive one
   * @throws IOException when there is no socket to be had
   */
  public void open(List<InetSocketAddress> stunServers) throws IOException {
    ipv4 = datagrams.open(ANY_IPV4, OPTIONS, new Incoming(Bases.IPV4));
    bases.add(Bases.IPV4);
    ipv6 = openIpv6();
    addHostCandidates(stunServers);
    probe = new AddressProbe(stunServers, time.instant(), random);
    proceed();
    keepAlive =
        loop.scheduleAtFixedRate(
            this::keepAlive, KEEP_ALIVE.toMillis(), KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Asks for an address at that relay, unless there is one; when it is lost, for another. */
  public void relayBy(RelayedPort.Access access) {
    relayAccess = access;
    if (!closed && relay.isSettled() && relay.address().isEmpty()) {
      stopWaitingForRelay();
      relay.begin(access);
    }
  }

  /** Asks that first when an address at a relay is lost: the server may want other credentials. */
  public void relayAgainBy(Supplier<CompletableFuture<RelayedPort.Access>> source) {
    freshAccess = source;
  }

  /** The server may be there again, that has lost our address. */
  public void relayAgain() {
    RelayedPort.Access last = relayAccess;
    if (last != null && relay.isSettled() && relay.address().isEmpty()) {
      stopWaitingForRelay();
      freshAccess
          .get()
          .whenCompleteAsync((fresh, none) -> relayBy(none == null ? fresh : last), loop);
    }
  }

  private void stopWaitingForRelay() {
    if (nextRelay != null) {
      nextRelay.cancel(false);
    }
  }

  private void relayAgainLater() {
    if (!closed) {
      stopWaitingForRelay();
      nextRelay =
          loop.schedule(
              this::relayAgain, relayBackoff.nextPause().toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** A way does not work any more: it may be the relay, ours or the peer's at the same server. */
  void doubtRelay() {
    relay.check();
  }

  /** Many machines have no IPv6, which is no reason to complain. */
  private @Nullable DatagramPort openIpv6() {
    try {
      DatagramPort port = datagrams.open(ANY_IPV6, OPTIONS, new Incoming(Bases.IPV6));
      bases.add(Bases.IPV6);
      return port;
    } catch (IOException e) {
      return null;
    }
  }

  private void addHostCandidates(List<InetSocketAddress> servers) {
    List<InetAddress> outward =
        servers.stream().flatMap(to -> DatagramSockets.localAddressTowards(to).stream()).toList();
    for (InetAddress address : HostAddresses.now(outward::contains)) {
      DatagramPort port = address instanceof Inet4Address ? ipv4 : ipv6;
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
    relayedWays.clear();
    ways = new EndpointMap<>(random.nextLong());
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
    DatagramPort port = way.local().ipv4() ? ipv4 : ipv6;
    Endpoint to = way.local().relayed() ? null : Endpoint.of(way.remote());
    for (int at = datagrams.readerIndex(); at < end; at += size) {
      int length = Math.min(size, end - at);
      if (way.local().relayed()) {
        relay.send(datagrams, at, length, way.remote());
      } else if (port != null && to != null) {
        port.send(datagrams, at, length, to);
      }
    }
  }

  private void send(ByteBuf bytes, int index, int length, InetSocketAddress to) {
    DatagramPort port = to.getAddress() instanceof Inet4Address ? ipv4 : ipv6;
    if (port != null) {
      port.send(bytes, index, length, Endpoint.of(to));
    }
  }

  private void send(AddressProbe.Request request) {
    ByteBuf out = Unpooled.buffer();
    StunCodec.encode(request.message(), out);
    send(out, 0, out.readableBytes(), request.to());
  }

  private void proceed() {
    if (closed) {
      return;
    }
    Instant now = time.instant();
    probe.due(now).forEach(this::send);
    alarm.set(probe.nextDeadline(now));
  }

  private void keepAlive() {
    probe.keepAlive().ifPresent(this::send);
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
    alarm.cancel();
    stopWaitingForRelay();
    if (keepAlive != null) {
      keepAlive.cancel(false);
    }
    relay.close(datagrams::close); // its server is told, so the socket stays for a moment
  }

  private void stun(Base base, InetSocketAddress from, ByteBuf datagram) {
    StunMessage message;
    try {
      message = StunCodec.decode(datagram);
    } catch (MalformedMessageException e) {
      return; // anybody can send anything
    }
    if (!base.relayed() && probe.heard(message, from)) {
      probe
          .address()
          .filter(address -> !reflexiveIsKnown)
          .ifPresent(address -> {
            reflexiveIsKnown = true;
            add(CandidateType.SERVER_REFLEXIVE, address, Optional.of(new InetSocketAddress(0)));
          });
      proceed();
    } else if (message.messageClass() == StunClass.REQUEST) {
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
        if (base.relayed()) {
          relayedWays.put(pair.remote(), new Way(session, pair));
        } else {
          ways.put(from, new Way(session, pair));
        }
        session.data(pair, datagram);
        return;
      }
    }
  }

  private final class Incoming implements DatagramPort.Receiver {
    private final Base base;

    Incoming(Base base) {
      this.base = base;
    }

    @Override
    public void received(ByteBuf buffer, int index, int length, long high, long low, int port) {
      if (length == 0) {
        return;
      }
      ByteBuf datagram = buffer.slice(index, length);
      Way way = ways.get(high, low, port);
      if (way != null && kind(datagram) == DatagramKind.QUIC) {
        way.session().data(way.pair(), datagram);
        return;
      }
      Endpoint from = new Endpoint(high, low, port);
      if (relay.heard(datagram, from)) {
        return;
      }
      take(base, from, datagram);
    }

    @Override
    public void unreachable(Endpoint to, int type, int code, int data) {
      // Anybody can send such a message: a relay is only looked for in other ways, too.
      relay.unreachable(to);
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
      if (relay.address().isPresent()) {
        relayedSince = time.instant();
      } else if (!sessions.isEmpty()) {
        relayAgainLater(); // with the next call, if there is none now
      }
    }

    @Override
    public void lost() {
      candidates.values().removeIf(known -> known.type() == CandidateType.RELAYED);
      bases.remove(Bases.RELAY);
      List.copyOf(sessions.values()).forEach(session -> session.closed(Bases.RELAY));
      if (relayedSince.plus(HELD).isBefore(time.instant())) {
        relayBackoff.reset();
      }
      relayAgainLater();
    }

    @Override
    public void opened(InetAddress peer) {
      // Checks on that way are repeated until they get through.
    }

    @Override
    public void received(ByteBuf data, InetSocketAddress peer) {
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
