package io.culvert.traversal.ice;

import io.culvert.traversal.ice.IceAgent.Action;
import io.culvert.traversal.ice.IceAgent.Event;
import io.culvert.wire.ice.CandidateType;
import io.culvert.wire.ice.IceCandidate;
import io.culvert.wire.stun.StunMessage;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** An agent with its addresses, and what it has done so far. */
final class PaperPeer {
  static final Base DIRECT = new Base(0, false, true);
  static final Base RELAY = new Base(1, true, true);

  final IceCredentials credentials;
  final PaperNat nat;
  final InetSocketAddress inside;
  final InetSocketAddress relayed;
  final IceAgent agent;
  final List<Check> checks = new ArrayList<>();
  final List<Check> openers = new ArrayList<>();
  final List<Said> said = new ArrayList<>();
  private final PaperNetwork network;
  private final Set<Base> open = new HashSet<>();

  record Check(Duration at, CandidatePair way) {}

  record Said(Duration at, Action action) {}

  PaperPeer(PaperNetwork network, Role role, int number, PaperNat.Kind kind) {
    this.network = network;
    Random random = new Random(number);
    credentials = IceCredentials.random(random);
    String ip = kind == PaperNat.Kind.NONE ? "203.0.113." + number : "192.168.1." + number;
    inside = new InetSocketAddress(ip, 4000 + number);
    nat = new PaperNat(kind, inside, "203.0.113." + number);
    relayed = new InetSocketAddress("203.0.113.9", 49_000 + number);
    agent = new IceAgent(role, credentials, random, network.now());
  }

  /** What it tells the other one about itself. */
  List<IceCandidate> candidates() {
    return List.of(
        candidate(CandidateType.HOST, inside),
        candidate(CandidateType.SERVER_REFLEXIVE, nat.reflexive()),
        candidate(CandidateType.RELAYED, relayed));
  }

  static IceCandidate candidate(CandidateType type, InetSocketAddress address) {
    return IceCandidate.udp("1", Priorities.of(type, true, 0), address, type);
  }

  PaperPeer opens(Base... bases) {
    for (Base base : bases) {
      on(new Event.BaseOpened(base));
    }
    return this;
  }

  /** It learns all about the other one. */
  void learns(PaperPeer other) {
    on(new Event.PeerKnown(other.credentials));
    other.candidates().forEach(candidate -> on(new Event.PeerCandidate(candidate)));
  }

  void on(Event event) {
    switch (event) {
      case Event.BaseOpened(Base base) -> open.add(base);
      case Event.BaseClosed(Base base) -> open.remove(base);
      default -> {} // nothing else concerns sockets
    }
    act(agent.on(event, network.now()));
  }

  /** Only what is open receives anything. */
  void receives(Base base, InetSocketAddress from, byte[] datagram) {
    if (open.contains(base)) {
      act(agent.received(base, from, Unpooled.wrappedBuffer(datagram), network.now()));
    }
  }

  /** Data go by the way that is selected, and come to the other one if it works. */
  void sendsData() {
    agent
        .selected()
        .ifPresent(way -> {
          agent.sent(network.now());
          network.send(this, way, PaperNetwork.DATA);
        });
  }

  private void act(List<Action> actions) {
    Duration at = network.elapsed();
    for (Action action : actions) {
      if (action instanceof Action.Send(CandidatePair way, byte[] datagram)) {
        if (isRequest(datagram)) {
          checks.add(new Check(at, way));
        }
        network.send(this, way, datagram);
      } else if (action instanceof Action.Open(CandidatePair way, byte[] _, int _)) {
        checks.add(new Check(at, way));
        openers.add(new Check(at, way));
        network.open(this, way);
      } else {
        said.add(new Said(at, action));
      }
    }
  }

  Instant deadline() {
    return agent.nextDeadline(network.now());
  }

  /** Where data go, or would go. */
  InetSocketAddress selected() {
    return agent.selected().orElseThrow().remote();
  }

  /** When the way was selected that is in use. */
  Duration selectedAt() {
    return said.stream()
        .filter(each -> each.action() instanceof Action.Selected)
        .map(Said::at)
        .reduce((_, later) -> later)
        .orElseThrow();
  }

  /** When a check went to there. */
  List<Duration> checksTo(InetSocketAddress to) {
    return checks.stream().filter(each -> each.way().remote().equals(to)).map(Check::at).toList();
  }

  private static boolean isRequest(byte[] datagram) {
    return datagram[0] == 0 && datagram[1] == StunMessage.BINDING;
  }
}
