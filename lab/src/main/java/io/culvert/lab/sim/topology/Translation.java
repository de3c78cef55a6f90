package io.culvert.lab.sim.topology;

import io.culvert.lab.net.NatKind.Filtering;
import io.culvert.lab.sim.NatBehavior;
import io.culvert.lab.sim.Pooling;
import io.culvert.lab.sim.PortAllocation;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What several NATs in a row amount to.
 *
 * @param stable whether every remote endpoint sees the same outer endpoint
 * @param filtering the strictest
 * @param ports how a new outer port is chosen
 * @param oneAddress whether every mapping has the same outer address
 * @param moves whether the outer endpoint changes for a remote one that has sent something before
 *     anything was sent to it: it has been answered then by one of the NATs itself
 * @param answers whether any NAT answers unsolicited packets
 * @param table how many flows all of them can remember
 * @param blocked whether UDP gets through at all
 */
record Translation(
    boolean stable,
    Filtering filtering,
    PortAllocation ports,
    boolean oneAddress,
    boolean moves,
    boolean answers,
    int table,
    boolean blocked) {
  /** Of these NATs, the nearest one first; the last one has that many addresses. */
  static Translation of(List<NatBehavior> nats, int addresses) {
    return new Translation(
        nats.stream().allMatch(NatBehavior::isStable),
        nats.stream()
            .map(NatBehavior::filtering)
            .max(Comparator.naturalOrder())
            .orElse(Filtering.ENDPOINT_INDEPENDENT),
        ports(nats),
        addresses == 1 || nats.getLast().pooling() == Pooling.PAIRED,
        nats.stream().anyMatch(Translation::moves),
        nats.stream().anyMatch(NatBehavior::answers),
        nats.stream().mapToInt(NatBehavior::table).min().orElse(NatBehavior.UNLIMITED),
        nats.stream().anyMatch(NatBehavior::blocksUdp));
  }

  /** This, and one more NAT on the outside. */
  static Translation of(List<NatBehavior> nats, NatBehavior outermost, int addresses) {
    return of(Stream.concat(nats.stream(), Stream.of(outermost)).toList(), addresses);
  }

  /** Whether packets pass that come from an unknown port of an endpoint that is sent to. */
  boolean letsInFrom(Translation other) {
    return switch (filtering) {
      case ENDPOINT_INDEPENDENT -> true;
      case ADDRESS_DEPENDENT -> other.oneAddress;
      case ADDRESS_AND_PORT_DEPENDENT -> false;
    };
  }

  boolean isSequential() {
    return ports instanceof PortAllocation.Sequential;
  }

  private static boolean moves(NatBehavior nat) {
    return nat.answers() && nat.filtering() != Filtering.ENDPOINT_INDEPENDENT;
  }

  /** A sequence is one only when no other NAT has a part in it. */
  private static PortAllocation ports(List<NatBehavior> nats) {
    List<NatBehavior> changing = nats.stream().filter(nat -> !nat.isStable()).toList();
    return changing.size() == 1 && !nats.getLast().isStable()
        ? changing.getFirst().ports()
        : new PortAllocation.Random();
  }
}
