package io.culvert.traversal.tcp;

import io.culvert.traversal.tcp.World.Mapping;
import io.culvert.traversal.tcp.World.Side;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/** Brings segments from one host to the other, through their NATs, late or not at all. */
final class SimulatedNetwork {
  private final World world;
  private final Timeline time;
  private final Random random;
  private final Map<Side, SimulatedHost> hosts = new HashMap<>();
  private final Map<Side, Set<InetSocketAddress>> dialed = new HashMap<>();
  private int lossesLeft;

  SimulatedNetwork(World world, Timeline time) {
    this.world = world;
    this.time = time;
    this.random = new Random(~world.seed());
    this.lossesLeft = world.losses();
  }

  void connect(SimulatedHost host) {
    hosts.put(host.side(), host);
  }

  /** Whether this is an address of the peer, and not that of somebody else in our own network. */
  boolean leadsToPeer(Side from, InetSocketAddress to) {
    Side peer = world.peerOf(from);
    return !to.equals(peer.local()) || world.sameLan() || !peer.behindNat();
  }

  /** How long the next packet is under way. */
  Duration delay(Side from, InetSocketAddress to) {
    if (isLocal(from, to) || !leadsToPeer(from, to)) {
      return world.lanDelay();
    }
    return world.wanDelay().multipliedBy(100 + random.nextInt(20)).dividedBy(100);
  }

  /** Whether the next packet is lost. */
  boolean loses() {
    boolean lost = lossesLeft > 0 && random.nextInt(3) == 0;
    if (lost) {
      lossesLeft--;
    }
    return lost;
  }

  /** Sends what arrives after {@code delay}, if the peer's NAT lets it in. */
  void send(Side from, InetSocketAddress to, Segment segment, Duration delay) {
    Side peer = world.peerOf(from);
    SimulatedHost host = hosts.get(peer);
    if (host == null) {
      return;
    }
    if (isLocal(from, to)) {
      time.after(delay, () -> host.receive(from.local(), segment));
      return;
    }
    if (world.sameLan() && !world.hairpin()) {
      return;
    }
    dialed(from).add(to);
    time.after(
        delay,
        () -> {
          if (letsIn(peer, to, from.towardsPeer())) {
            host.receive(from.towardsPeer(), segment);
          } else if (peer.refuses() && segment.kind() == Segment.Kind.SYN) {
            refuse(from, to, segment);
          }
        });
  }

  private void refuse(Side dialing, InetSocketAddress to, Segment syn) {
    SimulatedHost host = hosts.get(dialing);
    if (host != null) {
      Segment reset = new Segment(Segment.Kind.RST, 0, syn.sequence());
      time.after(world.wanDelay(), () -> host.receive(to, reset));
    }
  }

  private boolean isLocal(Side from, InetSocketAddress to) {
    return world.sameLan() && to.equals(world.peerOf(from).local());
  }

  private boolean letsIn(Side side, InetSocketAddress to, InetSocketAddress from) {
    if (side.mapping() == Mapping.SYMMETRIC && !to.equals(side.towardsPeer())) {
      return false; // that port leads to the server only
    }
    return switch (side.filtering()) {
      case ANYBODY -> true;
      case DIALED_ADDRESS ->
          dialed(side).stream().anyMatch(other -> other.getAddress().equals(from.getAddress()));
      case DIALED_PORT -> dialed(side).contains(from);
    };
  }

  private Set<InetSocketAddress> dialed(Side side) {
    return dialed.computeIfAbsent(side, _ -> new HashSet<>());
  }
}
