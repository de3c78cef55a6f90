package io.culvert.client.ice;

import io.culvert.client.net.Alarm;
import io.culvert.traversal.Path;
import io.culvert.traversal.ice.Base;
import io.culvert.traversal.ice.CandidatePair;
import io.culvert.traversal.ice.IceAgent;
import io.culvert.traversal.ice.IceAgent.Action;
import io.culvert.traversal.ice.IceAgent.Event;
import io.culvert.traversal.ice.IceAgent.PairState;
import io.culvert.traversal.ice.IceCredentials;
import io.culvert.traversal.ice.Role;
import io.culvert.traversal.nat.NatProfile;
import io.culvert.traversal.tcp.DialError;
import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.flow.CallData.Ice;
import io.culvert.wire.ice.CandidateType;
import io.culvert.wire.ice.IceCandidate;
import io.culvert.wire.ice.NatSightings;
import io.culvert.wire.ice.TcpType;
import io.culvert.wire.transport.MonotonicTime;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The ways to one peer: gives an agent of ICE its socket and its time. Confined to the event loop
 * of its port.
 */
public final class IceSession {
  /** Who is told how it goes. */
  public interface Observer {
    /** We can be reached there, too, which the peer is to know. */
    void found(IceCandidate candidate);

    /** What is sent has a way from now on, though none may be selected yet. */
    void open();

    /** This has been seen of our NAT, which the peer is to know. */
    void seen(NatSightings nat);

    /** What is sent takes this way from now on. */
    void selected(CandidatePair way);

    /** No way has been found so far; should there be one later, it is taken. */
    void failed();

    /** There is no way any more; another one is looked for. */
    void lost();

    /**
     * A datagram has come from the peer that is no STUN.
     *
     * @param datagram valid until this returns
     */
    void data(ByteBuf datagram);
  }

  /**
   * At so many addresses a peer may be reached by way of our relay, which may serve others, too.
   */
  private static final int MOST_EXPECTED = 32;

  private final PeerPort port;
  private final Map<InetAddress, InetSocketAddress> expected = new HashMap<>();
  private final Observer observer;
  private final InstantSource time = new MonotonicTime();
  private final IceCredentials credentials;
  private final IceAgent agent;
  private final Alarm alarm;
  private @Nullable CandidatePair heard;
  private boolean open;
  private final HardWay hardWay;
  private final TcpWays tcpWays;
  private final DirectTcp directTcp;
  private boolean failed;
  private boolean closed;

  /** A session with somebody whom nothing is known of yet. */
  public IceSession(PeerPort port, Role role, Observer observer) {
    SecureRandom random = new SecureRandom();
    this.port = port;
    this.observer = observer;
    this.credentials = IceCredentials.random(random);
    this.agent = new IceAgent(role, credentials, random, time.instant());
    this.alarm = new Alarm(port.loop(), time, () -> tell(new Event.DeadlineReached()));
    this.hardWay = new HardWay(port, this);
    this.tcpWays = new TcpWays(port, this);
    this.directTcp = new DirectTcp(port, this, tcpWays);
    port.add(credentials.ufrag(), this);
    port.bases().forEach(this::opened);
    tell(new Event.DialsPossible(TcpType.ACTIVE, true));
    if (port.bases().contains(Bases.IPV6)) {
      tell(new Event.DialsPossible(TcpType.ACTIVE, false));
    }
  }

  /** What the peer is to be told, as it stands now. */
  public Ice description() {
    return description(
        Stream.concat(port.candidates().stream(), directTcp.candidates().stream()).toList());
  }

  /** The same with these candidates only. */
  public Ice description(List<IceCandidate> candidates) {
    return new Ice(
        credentials.ufrag(),
        credentials.pwd(),
        candidates.stream().map(IceCandidate::toLine).toList());
  }

  /** What it is to be told of our NAT. */
  public Ice description(NatSightings nat) {
    return new Ice(credentials.ufrag(), credentials.pwd(), List.of(), Optional.of(nat));
  }

  /** The peer has said this, in the beginning or later. Lines that make no sense are ignored. */
  public void peerSays(Ice peer) {
    tell(new Event.PeerKnown(new IceCredentials(peer.ufrag(), peer.pwd())));
    for (String line : peer.candidates()) {
      parse(line)
          .filter(candidate -> port.mayBePeers(candidate.address()))
          .ifPresent(candidate -> {
            if (candidate.tcp().isEmpty()) {
              expect(candidate);
            }
            tell(new Event.PeerCandidate(candidate));
            if (candidate.tcp().filter(TcpType.SO::equals).isPresent()) {
              directTcp.peerTries(candidate);
            }
          });
    }
    port.forgetWays(); // another session may have had them for itself
    peer.nat().map(this::plausible).ifPresent(hardWay::peerIs);
    wantDirectWay();
  }

  /** The relay has room for so many only, and not for one peer alone. */
  private void expect(IceCandidate candidate) {
    int most = candidate.type() == CandidateType.HOST ? MOST_EXPECTED / 2 : MOST_EXPECTED;
    InetSocketAddress at = candidate.address();
    if (expected.size() < most && expected.putIfAbsent(at.getAddress(), at) == null) {
      port.expect(at);
    }
  }

  private NatSightings plausible(NatSightings nat) {
    return new NatSightings(nat.mapping(), nat.seen().stream().filter(port::mayBePeers).toList());
  }

  /** What works at all is kept, but a relay is not what is wanted, and UDP better than TCP. */
  private void wantDirectWay() {
    boolean isDirect = agent.path().filter(path -> path != Path.RELAY).isPresent();
    boolean isTcp = agent.selected().filter(way -> way.local().isTcp()).isPresent();
    if (isDirect) {
      directTcp.found(isTcp);
    } else {
      directTcp.want();
    }
    if (isDirect && !isTcp) {
      hardWay.found();
    } else {
      hardWay.want();
    }
  }

  private static Optional<IceCandidate> parse(String line) {
    try {
      return IceCandidate.parse(line);
    } catch (MalformedMessageException e) {
      return Optional.empty();
    }
  }

  /** The way that is taken; empty while there is none. */
  public Optional<CandidatePair> selected() {
    return agent.selected();
  }

  /** What is in front of us, as far as is known. */
  public NatProfile ourNat() {
    return hardWay.ours();
  }

  /** What is in front of the peer, as far as it has said. */
  public NatProfile peersNat() {
    return hardWay.theirs();
  }

  /** Why there is no TCP connection after an attempt: a sentence for people. */
  public Optional<String> whyNoTcp() {
    return directTcp.whyNot();
  }

  /** What is known of all ways, the best first. */
  public List<PairState> pairs() {
    return agent.pairs();
  }

  /**
   * Sends datagrams of the application on the way that is taken, and until there is one on the way
   * that the peer has been heard on first; without either they are lost.
   *
   * @param datagrams one behind the other, each {@code size} bytes long but for the last; stays the
   *     caller's
   */
  public void send(ByteBuf datagrams, int size) {
    Optional<CandidatePair> selected = agent.selected();
    if (selected.isPresent()) {
      send(selected.get(), datagrams, size);
      agent.inDoubt().ifPresent(other -> send(other, datagrams, size));
      if (agent.sent(time.instant())) {
        setAlarm();
      }
    } else if (heard != null) {
      send(heard, datagrams, size);
    }
  }

  private void send(CandidatePair way, ByteBuf datagrams, int size) {
    if (way.local().isTcp()) {
      tcpWays.send(way.local(), datagrams, size);
    } else {
      port.send(way, datagrams, size);
    }
  }

  /** All ways may be other ones now, or none may be left. */
  void networkChanged() {
    tcpWays.networkChanged();
    tell(new Event.Doubted());
    directTcp.networkChanged();
  }

  /** Ends it. */
  public void close() {
    closed = true;
    alarm.cancel();
    hardWay.close();
    directTcp.close();
    tcpWays.close();
    port.expectNobody(expected.values());
    port.remove(credentials.ufrag());
  }

  void opened(Base base) {
    tell(new Event.BaseOpened(base));
  }

  void closed(Base base) {
    tell(new Event.BaseClosed(base));
  }

  void found(IceCandidate candidate) {
    observer.found(candidate);
  }

  void received(Base base, InetSocketAddress from, ByteBuf stun) {
    act(agent.received(base, from, stun, time.instant()));
  }

  /** Whether that is a check which nobody but the peer can have made. */
  boolean isPeers(ByteBuf stun) {
    return agent.isPeers(stun);
  }

  /** The peer has opened a TCP connection to our port, and begun with that check. */
  void accepted(Channel connection, ByteBuf check) {
    tcpWays.accepted(connection, check);
  }

  /** There is no TCP connection to that candidate of the peer's. */
  void dialFailed(InetSocketAddress to, DialError why) {
    tell(new Event.DialFailed(to, why));
  }

  /** TCP connections can be opened at the same time as the peer opens them. */
  void dialsPossible(boolean ipv4) {
    tell(new Event.DialsPossible(TcpType.SO, ipv4));
  }

  /** They cannot any more. */
  void dialsOver() {
    tell(new Event.DialsOver(TcpType.SO));
  }

  /** Whether the peer may be at the other end of that way: it has said so, or shown it. */
  boolean knows(CandidatePair way) {
    return agent.knows(way);
  }

  /** The peer is to know this of our NAT. */
  void tell(NatSightings nat) {
    observer.seen(nat);
  }

  /** To open a TCP connection at the same time as the peer has come to nothing. */
  void tcpFailed() {
    giveUp();
  }

  /** Whether we go ahead where somebody has to. */
  boolean leads() {
    return agent.role() == Role.CONTROLLING;
  }

  /** Sends a check to where the peer may be by chance. */
  void guess(Base from, InetSocketAddress to, int hops) {
    Action.Send check = agent.guess(new CandidatePair(from, to));
    port.sendNoFarther(check.way(), Unpooled.wrappedBuffer(check.datagram()), hops);
  }

  /** Whether the peer has been heard there, which is when there are pairs. */
  boolean isHeardAt(Base base) {
    return agent.pairs().stream().anyMatch(pair -> pair.pair().local().equals(base));
  }

  /** Whether the peer answers to what is sent from there. */
  boolean isUsed(Base base) {
    return agent.pairs().stream()
        .anyMatch(pair -> pair.pair().local().equals(base) && pair.roundTrip() != null);
  }

  boolean isValid(CandidatePair way) {
    return agent.isValid(way);
  }

  void data(CandidatePair way, ByteBuf datagram) {
    agent.heard(way);
    observer.data(datagram);
  }

  private void tell(Event event) {
    act(agent.on(event, time.instant()));
  }

  private void act(List<Action> actions) {
    if (closed) {
      return;
    }
    for (Action action : actions) {
      switch (action) {
        case Action.Send(CandidatePair way, byte[] datagram) ->
            send(way, Unpooled.wrappedBuffer(datagram), datagram.length);
        case Action.Heard(CandidatePair way) -> {
          heard = way;
          open();
        }
        // A NAT that gives every destination a port of its own has nothing to be opened: the peer
        // does not know the port.
        case Action.Open(CandidatePair way, byte[] datagram, int hops) ->
            port.sendNoFarther(
                way, Unpooled.wrappedBuffer(datagram), port.isKnownSymmetric() ? 0 : hops);
        case Action.Dial(TcpType as, InetSocketAddress to) -> dial(as, to);
        case Action.AbandonDial(InetSocketAddress to) -> tcpWays.abandon(to);
        case Action.Seen(CandidatePair way, InetSocketAddress mapped) -> {
          if (way.local().equals(Bases.IPV4)) {
            hardWay.seen(way.remote(), mapped);
          }
        }
        case Action.Selected(CandidatePair way) -> {
          heard = null;
          failed = false;
          port.forgetWays();
          port.expectMuch(way);
          open();
          observer.selected(way);
          wantDirectWay();
        }
        case Action.Doubted() -> port.doubt();
        case Action.Failed() -> {
          heard = null;
          failed = true;
          giveUp();
        }
        case Action.Lost() -> {
          port.forgetWays();
          port.doubt();
          open = false;
          observer.lost();
          wantDirectWay();
        }
      }
    }
    setAlarm();
  }

  private void dial(TcpType as, InetSocketAddress to) {
    Optional<ChannelFuture> dial =
        as == TcpType.SO ? directTcp.dial(to) : Optional.of(port.dial(to));
    dial.ifPresent(each -> tcpWays.dial(to, each));
  }

  /** As long as TCP is being tried, there is hope. */
  private void giveUp() {
    if (failed && !directTcp.isUnderWay()) {
      failed = false;
      observer.failed();
    }
  }

  private void open() {
    if (!open) {
      open = true;
      observer.open();
    }
  }

  private void setAlarm() {
    Instant next = agent.nextDeadline(time.instant());
    alarm.set(closed || next.equals(Instant.MAX) ? Optional.empty() : Optional.of(next));
  }
}
