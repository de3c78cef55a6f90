package io.culvert.lab.sim;

import io.culvert.lab.net.NatKind.Mapping;
import io.culvert.lab.sim.Packet.Datagram;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The translation of one NAT, or the memory of one firewall: packets in, packets out. It has no
 * clock and no links; {@link Router} has.
 */
final class Nat {
  /** How long Linux remembers a packet to itself that nobody has answered. */
  static final Duration CLAIM = Duration.ofSeconds(30);

  /** A conversation of the router itself, which an unsolicited packet has begun. */
  private record Claim(InetSocketAddress outer, InetSocketAddress remote) {}

  private final NatBehavior behavior;
  private final PortPool pool;
  private final Map<MappingKey, NatMapping> byKey = new HashMap<>();
  private final Map<InetSocketAddress, NatMapping> byOuter = new HashMap<>();
  private final Map<Claim, Instant> claims = new HashMap<>();
  private int tableSize;
  private long mappings;
  private long flows;
  private long unsolicited;
  private long refused;

  Nat(NatBehavior behavior, List<InetAddress> outer, SplittableRandom random) {
    this.behavior = behavior;
    this.pool = new PortPool(behavior, outer, random);
  }

  NatBehavior behavior() {
    return behavior;
  }

  List<InetAddress> outer() {
    return pool.outer();
  }

  NatCounts counts() {
    return new NatCounts(mappings, flows, unsolicited, refused);
  }

  /** Forgets everything, and has other outer addresses from now on. */
  void reboot(List<InetAddress> outer) {
    byKey.clear();
    byOuter.clear();
    claims.clear();
    tableSize = 0;
    pool.reset(outer);
  }

  /** The packet as it goes on outside; empty when it does not. */
  Optional<Datagram> outbound(Datagram packet, Instant now) {
    if (behavior.isOpen()) {
      return Optional.of(packet);
    }
    Optional<NatMapping> mapping = mappingFor(packet.from(), packet.to(), now);
    if (mapping.isEmpty() || !remember(mapping.get(), packet.to(), now)) {
      refused++;
      return Optional.empty();
    }
    return Optional.of(packet.withFrom(mapping.get().outer()));
  }

  /** The packet as it goes on inside; empty when it does not. */
  Optional<Datagram> inbound(Datagram packet, Instant now) {
    if (behavior.isOpen()) {
      return Optional.of(packet);
    }
    NatMapping mapping = mappingOf(packet.to(), now);
    if (mapping == null
        || !letsIn(mapping, packet.from(), now)
        || (isClaimed(packet.to(), packet.from(), now) && !mapping.hasFlow(packet.from(), now))) {
      unsolicited++;
      if (behavior.answers() && behavior.mapping() != Mapping.NONE) {
        claims.put(new Claim(packet.to(), packet.from()), now.plus(CLAIM));
      }
      return Optional.empty();
    }
    mapping.received(packet.from(), now);
    return Optional.of(packet.withTo(mapping.key().inner()));
  }

  /** A datagram that went out, as its sender inside knows it; empty when nobody sent it. */
  Optional<Datagram> innerView(Datagram sent, Instant now) {
    if (behavior.isOpen()) {
      return Optional.of(sent);
    }
    return Optional.ofNullable(mappingOf(sent.from(), now))
        .filter(mapping -> mapping.hasFlow(sent.to(), now))
        .map(mapping -> sent.withFrom(mapping.key().inner()));
  }

  /** A datagram that came in, as its sender outside knows it; empty when nobody sent it. */
  Optional<Datagram> outerView(Datagram received, Instant now) {
    if (behavior.isOpen()) {
      return Optional.of(received);
    }
    return Optional.ofNullable(known(received.to(), received.from(), now))
        .map(mapping -> received.withTo(mapping.outer()));
  }

  int liveFlows(Instant now) {
    return byKey.values().stream().mapToInt(mapping -> mapping.liveFlows(now)).sum();
  }

  private Optional<NatMapping> mappingFor(
      InetSocketAddress inner, InetSocketAddress remote, Instant now) {
    NatMapping known = known(inner, remote, now);
    if (known == null) {
      known = create(key(inner, remote), remote, now);
    }
    if (known != null && !known.hasFlow(remote, now) && isClaimed(known.outer(), remote, now)) {
      known = create(MappingKey.toEndpoint(inner, remote), remote, now);
    }
    return Optional.ofNullable(known);
  }

  private @Nullable NatMapping known(
      InetSocketAddress inner, InetSocketAddress remote, Instant now) {
    NatMapping exact = alive(byKey.get(MappingKey.toEndpoint(inner, remote)), now);
    return exact != null ? exact : alive(byKey.get(key(inner, remote)), now);
  }

  private MappingKey key(InetSocketAddress inner, InetSocketAddress remote) {
    return switch (behavior.mapping()) {
      case NONE, ENDPOINT_INDEPENDENT -> MappingKey.toAnywhere(inner);
      case ADDRESS_DEPENDENT -> MappingKey.toAddress(inner, remote);
      case ADDRESS_AND_PORT_DEPENDENT -> MappingKey.toEndpoint(inner, remote);
    };
  }

  private @Nullable NatMapping create(MappingKey key, InetSocketAddress remote, Instant now) {
    if (tableIsFull(now)) {
      return null;
    }
    Optional<InetSocketAddress> outer =
        behavior.mapping() == Mapping.NONE
            ? Optional.of(key.inner())
            : pool.choose(
                key.inner(),
                wanted -> mappingOf(wanted, now) == null && !isLost(key, wanted, remote, now));
    if (outer.isEmpty()) {
      return null;
    }
    NatMapping mapping = new NatMapping(key, outer.get(), behavior.expiry(), now);
    byKey.put(key, mapping);
    byOuter.put(mapping.outer(), mapping);
    mappings++;
    return mapping;
  }

  /** Whether the endpoint is no use to a mapping that is for that remote endpoint only. */
  private boolean isLost(
      MappingKey key, InetSocketAddress outer, InetSocketAddress remote, Instant now) {
    return key.port() != 0 && isClaimed(outer, remote, now);
  }

  private @Nullable NatMapping mappingOf(InetSocketAddress outer, Instant now) {
    return alive(byOuter.get(outer), now);
  }

  private @Nullable NatMapping alive(@Nullable NatMapping mapping, Instant now) {
    if (mapping == null || mapping.isAlive(now)) {
      return mapping;
    }
    byKey.remove(mapping.key(), mapping);
    byOuter.remove(mapping.outer(), mapping);
    return null;
  }

  private boolean remember(NatMapping mapping, InetSocketAddress remote, Instant now) {
    if (!mapping.hasFlow(remote, now)) {
      if (tableIsFull(now)) {
        return false;
      }
      tableSize++;
      flows++;
    }
    mapping.sent(remote, now);
    return true;
  }

  private boolean tableIsFull(Instant now) {
    if (tableSize >= behavior.table()) {
      tableSize = liveFlows(now);
    }
    return tableSize >= behavior.table();
  }

  private boolean letsIn(NatMapping mapping, InetSocketAddress remote, Instant now) {
    return switch (behavior.filtering()) {
      case ENDPOINT_INDEPENDENT -> true;
      case ADDRESS_DEPENDENT -> mapping.hasFlowTo(remote.getAddress(), now);
      case ADDRESS_AND_PORT_DEPENDENT -> mapping.hasFlow(remote, now);
    };
  }

  private boolean isClaimed(InetSocketAddress outer, InetSocketAddress remote, Instant now) {
    Instant end = claims.get(new Claim(outer, remote));
    return end != null && now.isBefore(end);
  }
}
