package io.culvert.client.ice;

import io.culvert.client.net.ClientLoop;
import io.culvert.client.net.RelayedPort;
import io.culvert.traversal.ice.Base;
import io.culvert.traversal.ice.CandidatePair;
import io.culvert.traversal.nat.Filtering;
import io.culvert.traversal.portmap.Finding;
import io.culvert.wire.ice.IceCandidate;
import io.culvert.wire.ice.NatSightings;
import io.culvert.wire.ice.NatSightings.Mapping;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.transport.udp.DatagramLoop;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.IoEventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The port of a peer, by which all its connections go: one of UDP, and one of TCP for where that is
 * dead. Open before anybody calls, with all its addresses known and kept. Confined to its event
 * loop.
 */
public final class PeerPort {
  private final IoEventLoop loop;
  private final DatagramLoop datagrams;
  private final PeerSockets sockets;
  private final PeerTcp tcp;
  private final Demultiplexer demultiplexer;
  private final Whereabouts whereabouts;
  private final ReflexiveAddresses reflexive;
  private final ReflexiveAddresses reflexiveIpv6;
  private final KeptRelay relay;
  private final SearchTurns turns = new SearchTurns();
  private final Set<Base> bases = new LinkedHashSet<>();
  private CompletableFuture<Void> routerHasItBack = CompletableFuture.completedFuture(null);
  private boolean closed;

  /** Not open yet; when its address at a relay is lost there are no other credentials. */
  public PeerPort(IoEventLoop loop) {
    this(loop, () -> CompletableFuture.failedFuture(new IllegalStateException("there are none")));
  }

  /**
   * Not open yet.
   *
   * @param freshRelay asked when an address at a relay is lost: its server may want other
   *     credentials
   */
  public PeerPort(IoEventLoop loop, Supplier<CompletableFuture<RelayedPort.Access>> freshRelay) {
    SecureRandom random = new SecureRandom();
    this.loop = loop;
    this.datagrams = new DatagramLoop(loop);
    this.demultiplexer = new Demultiplexer(new Servers(), random);
    this.sockets = new PeerSockets(datagrams, demultiplexer::inlet);
    this.tcp = new PeerTcp(loop, demultiplexer::session);
    this.whereabouts = new Whereabouts(loop, sockets, this::tell);
    this.relay = new KeptRelay(loop, sockets::send, freshRelay, new RelayEvents());
    this.reflexive = reflexive(Bases.IPV4, random);
    this.reflexiveIpv6 = reflexive(Bases.IPV6, random);
  }

  private ReflexiveAddresses reflexive(Base socket, SecureRandom random) {
    return new ReflexiveAddresses(
        loop, datagrams, random, this::ask, address -> whereabouts.seenAt(socket, address));
  }

  /**
   * Opens it and begins to learn its addresses.
   *
   * @param stunServers to be asked for the reflexive ones, each for those of its own family
   * @throws IOException when there is no socket to be had
   */
  public void open(List<InetSocketAddress> stunServers) throws IOException {
    bases.addAll(sockets.open());
    tcp.open(
        bases.contains(Bases.IPV6),
        () -> whereabouts.candidates().stream().flatMap(tcp::beside).forEach(this::announce));
    whereabouts.begin(stunServers);
    begin(reflexive, stunServers, Bases.IPV4);
    begin(reflexiveIpv6, stunServers, Bases.IPV6);
  }

  private void begin(
      ReflexiveAddresses addresses, List<InetSocketAddress> stunServers, Base socket) {
    List<InetSocketAddress> those =
        stunServers.stream()
            .filter(server -> PeerSockets.towards(server.getAddress()).equals(socket))
            .toList();
    addresses.begin(those, sockets.number(socket));
  }

  /**
   * Has the router asked to let peers in, on that loop. To be called once, when this is open.
   *
   * @param asking of the sockets that punches are made with
   */
  public void askRouter(ClientLoop asking) {
    if (!closed) {
      whereabouts.askRouter(asking);
    }
  }

  /** Whether peers are likely to be here: the server is, or there is no network. */
  public boolean allAreOnThisMachine() {
    return whereabouts.allAreOnThisMachine();
  }

  /** What has come of asking the router, the best way first; empty when nobody is asked. */
  public List<Finding> routerFindings() {
    return whereabouts.routerFindings();
  }

  /** Asks for an address at that relay, unless there is one; when it is lost, for another. */
  public void relayBy(RelayedPort.Access access) {
    relay.by(access);
  }

  /** The server may be there again, that has lost our address. */
  public void relayAgain() {
    relay.again();
  }

  /** Done when it is known for the first time whether there is a relay. */
  public CompletableFuture<Void> relayIsKnown() {
    return relay.settled();
  }

  /** Why there is no relay though there should be: a sentence for people. */
  public Optional<String> whyNoRelay() {
    return relay.port().whyNot();
  }

  /**
   * Has that run when all that is known may be outdated: the router has begun anew, or the Internet
   * was out of reach for a while.
   */
  public void whenInDoubt(Runnable task) {
    whereabouts.whenRouterReboots(task);
    reflexive.whenBack(task);
    reflexiveIpv6.whenBack(task);
  }

  /** Has that run when we are seen at another address than before. */
  public void whenMoved(Runnable task) {
    whereabouts.whenMoved(task);
  }

  /**
   * A way may not work any more: that may be because of the relay, ours or the peer's at the same
   * server, or because we are elsewhere.
   */
  void doubt() {
    relay.port().check();
    reflexive.ask();
    reflexiveIpv6.ask();
    whereabouts.networkChanged();
  }

  /**
   * Where we are may be another place, or those who know us have forgotten us meanwhile: asks all
   * of them, and looks for what there is now.
   */
  public void networkChanged() {
    relay.networkChanged();
    reflexive.ask();
    reflexiveIpv6.ask();
    whereabouts.networkChanged();
    demultiplexer.sessions().forEach(IceSession::networkChanged);
  }

  /** What the relay has granted, and knows us by, may have expired. */
  public void renewRelay() {
    relay.renew();
  }

  /** Opens a port beside the usual one; empty when the system grants no more. */
  Optional<Base> openMore() {
    return sockets.openMore();
  }

  /** Closes what {@link #openMore} has opened. */
  void close(Base base) {
    sockets.close(base);
    demultiplexer.close(base);
  }

  /** All that are known so far; sessions are told of more. */
  List<IceCandidate> candidates() {
    List<IceCandidate> udp = whereabouts.candidates();
    return Stream.concat(udp.stream(), udp.stream().flatMap(tcp::beside)).toList();
  }

  /** Opens a connection of TCP to a candidate of a peer's. */
  ChannelFuture dial(InetSocketAddress to) {
    return tcp.dial(to);
  }

  /** Somebody has connected to a port of TCP that only a peer has been told of. */
  void accepted(Channel connection) {
    tcp.accepted(connection);
  }

  /** The addresses of this machine, the likeliest first. */
  List<InetAddress> hosts() {
    return whereabouts.hosts();
  }

  /** What can be sent from. */
  Set<Base> bases() {
    return bases;
  }

  /** Whether a peer may be there; it may say what it likes. */
  boolean mayBePeers(InetSocketAddress address) {
    return whereabouts.mayBePeers(address);
  }

  /** Who may be asked where we are seen. */
  List<InetSocketAddress> stunServers() {
    return whereabouts.stunServers();
  }

  IoEventLoop loop() {
    return loop;
  }

  /** From now on, what is meant for that session gets to it. */
  void add(String ufrag, IceSession session) {
    demultiplexer.add(ufrag, session);
  }

  /** It is over. */
  void remove(String ufrag) {
    demultiplexer.remove(ufrag);
  }

  /** Who sends on a way may have changed. */
  void forgetWays() {
    demultiplexer.forgetWays();
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

  /** What our NAT lets in; unknown unless a STUN server has two addresses to find out. */
  public Filtering filtering() {
    return reflexive.filtering();
  }

  /** The relay shall let a peer's datagrams through. */
  void expect(InetSocketAddress peer) {
    relay.port().reach(Set.of(peer));
  }

  /** Nobody is expected there any more by who has expected somebody. */
  void expectNobody(Collection<InetSocketAddress> peers) {
    relay.port().leave(peers);
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
    if (!way.local().relayed()) {
      sockets.send(way.local(), datagrams, size, way.remote());
      return;
    }
    int end = datagrams.writerIndex();
    for (int at = datagrams.readerIndex(); at < end; at += size) {
      relay.port().send(datagrams, at, Math.min(size, end - at), way.remote());
    }
  }

  /** Sends a datagram that dies behind so many routers; 0 is as far as it can. */
  void sendNoFarther(CandidatePair way, ByteBuf datagram, int hops) {
    if (way.local().relayed() || hops == 0) {
      send(way, datagram, datagram.readableBytes());
    } else {
      sockets.sendNoFarther(way.local(), datagram, hops, way.remote());
    }
  }

  /** Whether our NAT has been seen to give every destination a port of its own. */
  boolean isKnownSymmetric() {
    return sightings(List.of()).mapping() == Mapping.DEPENDENT;
  }

  private void ask(byte[] question, InetSocketAddress server) {
    sockets.send(Unpooled.wrappedBuffer(question), 0, question.length, server);
  }

  private void tell(IceCandidate candidate) {
    announce(candidate);
    tcp.beside(candidate).forEach(this::announce);
  }

  private void announce(IceCandidate candidate) {
    demultiplexer.sessions().forEach(session -> session.found(candidate));
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
      reflexiveIpv6.close();
      tcp.close();
      relay.close(datagrams::close); // its server is told, so the socket stays for a moment
      routerHasItBack = whereabouts.close();
    }
    return routerHasItBack;
  }

  private final class Servers implements Demultiplexer.Servers {
    @Override
    public boolean heardByRelay(ByteBuf datagram, Endpoint from) {
      return relay.port().heard(datagram, from);
    }

    @Override
    public boolean answered(StunMessage message, InetSocketAddress from) {
      return reflexive.heard(message, from) || reflexiveIpv6.heard(message, from);
    }

    @Override
    public void unreachable(Endpoint to) {
      // Anybody can send such a message: a relay is only looked for in other ways, too.
      relay.port().unreachable(to);
    }
  }

  private final class RelayEvents implements KeptRelay.Observer {
    @Override
    public void relayedAt(List<InetSocketAddress> addresses) {
      closeRelayed(); // what worked at another relay proves nothing here
      for (InetSocketAddress address : addresses) {
        Base base = Bases.relay(address.getAddress());
        bases.add(base);
        demultiplexer.sessions().forEach(session -> session.opened(base));
      }
      whereabouts.relayedAt(addresses);
    }

    @Override
    public void relayLost() {
      whereabouts.relayLost();
      closeRelayed();
    }

    private void closeRelayed() {
      for (Base base : bases.stream().filter(Base::relayed).toList()) {
        bases.remove(base);
        demultiplexer.sessions().forEach(session -> session.closed(base));
      }
    }

    @Override
    public void relayed(ByteBuf data, InetSocketAddress peer) {
      demultiplexer.relayed(data, peer);
    }
  }
}
