package io.culvert.lab.sim.topology;

import io.culvert.lab.sim.Alarm;
import io.culvert.lab.sim.RelayAllocation;
import io.culvert.lab.sim.SimSocket;
import io.culvert.lab.sim.World;
import io.culvert.traversal.Path;
import io.culvert.traversal.ice.Base;
import io.culvert.traversal.ice.CandidatePair;
import io.culvert.traversal.ice.IceAgent;
import io.culvert.traversal.ice.IceAgent.Action;
import io.culvert.traversal.ice.IceAgent.Event;
import io.culvert.traversal.ice.IceCredentials;
import io.culvert.traversal.ice.Priorities;
import io.culvert.traversal.ice.Role;
import io.culvert.traversal.nat.HardNatSearch;
import io.culvert.traversal.nat.NatObservations;
import io.culvert.traversal.nat.NatObservations.Sighting;
import io.culvert.traversal.nat.NatProfile;
import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.ice.CandidateType;
import io.culvert.wire.ice.IceCandidate;
import io.culvert.wire.ice.TcpType;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunCodec;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TransactionId;
import io.culvert.wire.stun.TurnAttribute.Data;
import io.culvert.wire.stun.TurnAttribute.XorPeerAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An agent of ICE on a simulated host, with one socket for both families and an address at a relay.
 */
final class IcePeerOnPaper {
  private static final Base IPV4 = new Base(0, false, true);
  private static final Base IPV6 = new Base(1, false, false);
  private static final Base RELAY = new Base(2, true, true);

  private static final Duration SURVEY = Duration.ofMillis(300);

  /** The first byte of what is no STUN. */
  private static final byte DATA = (byte) 0xc0;

  private final World world;
  private final Encounter encounter;
  private final SimSocket socket;
  private final IceAgent agent;
  private final IceCredentials credentials;
  private final Alarm alarm;
  private final List<IceCandidate> candidates = new ArrayList<>();
  private final Set<InetSocketAddress> destinations = new HashSet<>();
  private final NatObservations observations;
  private final HardNatSearch hardSearch;
  private final Alarm hardAlarm;
  private final Map<Integer, SimSocket> moreSockets = new HashMap<>();
  private final boolean leads;
  private @Nullable IcePeerOnPaper other;
  private @Nullable RelayAllocation relay;
  private boolean closed;
  private boolean failed;
  private int selections;
  private long packets;
  private int dataSent;
  private int dataHeard;

  IcePeerOnPaper(Encounter encounter, Party party, Role role) {
    this.encounter = encounter;
    this.world = encounter.world();
    this.socket = party.host().bind();
    this.observations = new NatObservations(socket.port());
    Random random = new Random(party.host().name().hashCode());
    this.credentials = IceCredentials.random(random);
    this.agent = new IceAgent(role, credentials, random, world.now());
    this.alarm = new Alarm(world.simulation(), () -> tell(new Event.DeadlineReached()));
    this.leads = role == Role.CONTROLLING;
    this.hardSearch = new HardNatSearch(random);
    this.hardAlarm = new Alarm(world.simulation(), this::searchOn);
    socket.onReceive(this::received);
    tell(new Event.BaseOpened(IPV4));
    tell(new Event.BaseOpened(IPV6));
    for (InetAddress address : party.host().addresses()) {
      add(CandidateType.HOST, new InetSocketAddress(address, socket.port()));
    }
  }

  /** Asks for its other addresses, several times, for packets get lost. */
  void gather() {
    for (int i = 0; i < 8; i++) {
      world
          .simulation()
          .schedule(
              Duration.ofMillis(200L * i),
              () -> {
                for (InetSocketAddress server :
                    List.of(
                        encounter.stun().address(),
                        encounter.otherStun().address(),
                        encounter.stun().ipv6Address(),
                        encounter.relay().address())) {
                  socket.send(PunchingPeer.bindingRequest(), server);
                }
              });
    }
  }

  /** Opens sockets one after the other, and asks one server where they are. */
  void survey() {
    Map<Integer, Sighting> seen = new TreeMap<>();
    for (int i = 0; i < 4; i++) {
      int number = i;
      SimSocket fresh = socket.host().bind();
      fresh.onReceive((payload, _) ->
          PunchingPeer.mapped(payload)
              .ifPresent(mapped -> seen.put(number, new Sighting(fresh.port(), mapped))));
      fresh.send(PunchingPeer.bindingRequest(), encounter.stun().address());
      world.simulation().schedule(SURVEY, fresh::close);
    }
    world.simulation().schedule(SURVEY, () -> observations.fresh(List.copyOf(seen.values())));
  }

  private void add(CandidateType type, InetSocketAddress address) {
    boolean isNew =
        candidates.size() < 24
            && candidates.stream().noneMatch(known -> known.address().equals(address));
    if (isNew) {
      boolean ipv4 = address.getAddress() instanceof Inet4Address;
      long behind = candidates.stream().filter(known -> known.type() == type).count();
      IceCandidate candidate =
          IceCandidate.udp("1", Priorities.of(type, ipv4, (int) behind), address, type);
      candidates.add(candidate);
      if (other != null) {
        IcePeerOnPaper peer = other;
        signal(() -> peer.learn(candidate));
      }
    }
  }

  /** Signals take 50 ms. */
  private void signal(Runnable what) {
    world.simulation().schedule(Duration.ofMillis(50), what);
  }

  void call(IcePeerOnPaper peer) {
    other = peer;
    List<IceCandidate> known = List.copyOf(candidates);
    signal(() -> {
      peer.tell(new Event.PeerKnown(credentials));
      known.forEach(peer::learn);
    });
  }

  /** What it may do about hard NATs, once it is known how both are. */
  void searchHarder(IcePeerOnPaper peer) {
    if (hasDirectWay()) {
      return;
    }
    hardSearch.begin(profile(), peer.profile(), leads, world.now());
    searchOn();
  }

  private NatProfile profile() {
    return NatProfile.of(observations.sightings(List.of()));
  }

  private void searchOn() {
    List<HardNatSearch.Action> todo =
        hasDirectWay() ? hardSearch.stop() : hardSearch.deadlineReached(world.now());
    for (HardNatSearch.Action action : todo) {
      switch (action) {
        case HardNatSearch.Action.Check(InetSocketAddress to) ->
            guess(IPV4, to, SimSocket.DEFAULT_TTL);
        case HardNatSearch.Action.CheckFrom(int number, InetSocketAddress to, int hops) ->
            guess(
                new Base(100 + number, false, true), to, hops == 0 ? SimSocket.DEFAULT_TTL : hops);
        case HardNatSearch.Action.CloseSockets() -> {} // the one in use is among them
      }
    }
    hardAlarm.set(hardSearch.nextDeadline());
  }

  private void guess(Base base, InetSocketAddress to, int hops) {
    Action.Send check = agent.guess(new CandidatePair(base, to));
    packets++;
    destinations.add(to);
    socket(base).send(check.datagram(), to, hops);
  }

  private SimSocket socket(Base base) {
    return base.number() < 100
        ? socket
        : moreSockets.computeIfAbsent(
            base.number(),
            _ -> {
              SimSocket more = socket.host().bind();
              more.onReceive((payload, from) -> take(base, from, payload));
              return more;
            });
  }

  private void learn(IceCandidate candidate) {
    if (relay != null) {
      relay.permit(candidate.address().getAddress());
    }
    tell(new Event.PeerCandidate(candidate));
  }

  boolean isConnected() {
    return agent.selected().isPresent();
  }

  /** Whether some way works that leads through no relay. */
  boolean hasDirectWay() {
    return agent.pairs().stream()
        .anyMatch(pair ->
            pair.roundTrip() != null
                && pair.path() != Path.RELAY
                && !isRelays(pair.pair().remote()));
  }

  private boolean isRelays(InetSocketAddress address) {
    return address.getAddress().equals(encounter.relay().address().getAddress());
  }

  boolean hasFailed() {
    return failed;
  }

  int selections() {
    return selections;
  }

  long packets() {
    return packets;
  }

  int destinations() {
    return destinations.size();
  }

  int dataSent() {
    return dataSent;
  }

  int dataHeard() {
    return dataHeard;
  }

  void sendData() {
    agent
        .selected()
        .ifPresent(way -> {
          dataSent++;
          agent.sent(world.now());
          transmit(way, new byte[] {DATA, 1, 2, 3});
          setAlarm();
        });
  }

  void close() {
    closed = true;
    alarm.set(Optional.empty());
    hardAlarm.set(Optional.empty());
    moreSockets.values().forEach(SimSocket::close);
    socket.close();
  }

  private void tell(Event event) {
    act(agent.on(event, world.now()));
  }

  private void act(List<Action> actions) {
    if (closed) {
      return;
    }
    for (Action action : actions) {
      switch (action) {
        case Action.Send(CandidatePair way, byte[] datagram) -> {
          packets++;
          transmit(way, datagram);
        }
        case Action.Heard(CandidatePair _) -> {} // nothing on paper is in such a hurry
        case Action.Open(CandidatePair way, byte[] datagram, int hops) -> {
          packets++;
          destinations.add(way.remote());
          socket.send(datagram, way.remote(), hops);
        }
        case Action.Dial(TcpType _, InetSocketAddress _) -> {} // there is no TCP on paper
        case Action.AbandonDial(InetSocketAddress _) -> {}
        case Action.Seen(CandidatePair _, InetSocketAddress _) -> {} // there are two servers
        case Action.Selected(CandidatePair _) -> selections++;
        case Action.Doubted() -> {}
        case Action.Failed() -> failed = true;
        case Action.Lost() -> {}
      }
    }
    setAlarm();
  }

  private void setAlarm() {
    Instant next = agent.nextDeadline(world.now());
    alarm.set(next.equals(Instant.MAX) ? Optional.empty() : Optional.of(next));
  }

  private void transmit(CandidatePair way, byte[] datagram) {
    if (!way.local().relayed()) {
      destinations.add(way.remote());
      socket(way.local()).send(datagram, way.remote());
      return;
    }
    ByteBuf out = Unpooled.buffer();
    StunCodec.encode(
        new StunMessage(
            StunClass.INDICATION,
            StunMessage.SEND,
            new TransactionId(1, packets),
            List.of(new XorPeerAddress(way.remote()), new Data(datagram))),
        out);
    socket.send(ByteBufUtil.getBytes(out), encounter.relay().address());
  }

  private void received(byte[] payload, InetSocketAddress from) {
    if (closed) {
      return;
    }
    Base base = from.getAddress() instanceof Inet4Address ? IPV4 : IPV6;
    Optional<InetSocketAddress> mapped = PunchingPeer.mapped(payload);
    if (mapped.isPresent() && isServer(from)) {
      add(CandidateType.SERVER_REFLEXIVE, mapped.get());
      observations.usual(from, mapped.get());
      if (from.equals(encounter.relay().address()) && relay == null) {
        allocate(mapped.get());
      }
    } else if (from.equals(encounter.relay().address())) {
      unwrapped(payload);
    } else {
      take(base, from, payload);
    }
  }

  private boolean isServer(InetSocketAddress from) {
    return from.equals(encounter.relay().address())
        || from.equals(encounter.stun().address())
        || from.equals(encounter.otherStun().address())
        || from.equals(encounter.stun().ipv6Address());
  }

  private void allocate(InetSocketAddress client) {
    relay = encounter.relay().allocate(client);
    relay.permit(encounter.relay().address().getAddress());
    add(CandidateType.RELAYED, relay.address());
    tell(new Event.BaseOpened(RELAY));
    if (other != null) {
      List.copyOf(other.candidates).forEach(known -> relay.permit(known.address().getAddress()));
    }
  }

  private void unwrapped(byte[] payload) {
    try {
      StunMessage message = StunCodec.decode(Unpooled.wrappedBuffer(payload));
      message
          .first(Data.class)
          .ifPresent(data ->
              take(
                  RELAY,
                  message.first(XorPeerAddress.class).orElseThrow().address(),
                  data.bytes()));
    } catch (MalformedMessageException e) {
      throw new AssertionError("the relay sends what is no STUN", e);
    }
  }

  private void take(Base base, InetSocketAddress from, byte[] payload) {
    CandidatePair way = new CandidatePair(base, from);
    if (payload[0] == DATA) {
      if (agent.isValid(way)) {
        dataHeard++;
        agent.heard(way);
      }
    } else {
      act(agent.received(base, from, Unpooled.wrappedBuffer(payload), world.now()));
    }
  }
}
