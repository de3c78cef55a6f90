package io.culvert.lab.sim.topology;

import io.culvert.lab.net.NatKind.Filtering;
import io.culvert.lab.sim.Hairpin;
import io.culvert.lab.sim.NatBehavior;
import java.util.stream.Stream;

/**
 * Says of a topology, without running it, what it takes to send UDP directly between its peers. It
 * does so from the rules below, and errs on one side only: what it calls possible is possible as
 * long as packets arrive at all, but something that it calls impossible may succeed by luck or by
 * another trick.
 *
 * <ul>
 *   <li>One LAN, or IPv6 on both sides: ICE, whatever the NATs do. Addresses are not translated,
 *       and firewalls are opened from both sides.
 *   <li>UDP blocked on either side: nothing but that.
 *   <li>Both mappings stable: ICE. Unless one moves (see {@link Translation}): then the other must
 *       let in what comes from a port that it does not know, or the first packets must die before
 *       they are answered.
 *   <li>One mapping stable: ICE when its filter lets in what comes from a port that it does not
 *       know. Otherwise the port is predicted or found by birthday, for which the address must be
 *       known and the tables must hold {@link #BIRTHDAY_FLOWS}; a stable side that moves is not
 *       counted on.
 *   <li>No mapping stable: prediction when both are sequential, and nobody answers.
 *   <li>One operator: peers without a router of their own are reached by their addresses in the
 *       operator's network, which a firewall prevents unless both are. Others need its hairpin, and
 *       a stable mapping there. With the internal source they see addresses that they have not sent
 *       to, so both filters must let in all.
 * </ul>
 *
 * <p>A firewall of the host itself counts as a NAT that translates nothing. Expiry plays no part:
 * every mapping lasts longer than it takes to connect. Nor does the size of tables where nothing is
 * guessed.
 */
public final class Oracle {
  /** How many entries it takes to find a port by birthday with good hope. */
  public static final int BIRTHDAY_FLOWS = 2048;

  private Oracle() {}

  /** What it takes to send UDP directly between the two. */
  public static Reach reach(Topology topology) {
    if (topology.shape() instanceof Shape.SameLan
        || (hasIpv6(topology.alice()) && hasIpv6(topology.bob()))) {
      return Reach.ICE;
    }
    Side alice = topology.alice();
    Side bob = topology.bob();
    return switch (topology.shape()) {
      case Shape.SameLan _ -> Reach.ICE;
      case Shape.Apart _, Shape.OverlappingLans _ -> reach(translation(alice), translation(bob));
      case Shape.SameOperator _ when isSeenInside(alice, bob) || isSeenInside(bob, alice) ->
          reach(translation(alice), translation(bob));
      case Shape.SameOperator operator -> throughHairpin(operator, alice, bob);
    };
  }

  /** Whether both peers reach the relay and the STUN servers, by UDP. */
  public static boolean reachesServers(Topology topology) {
    Side bob = topology.shape() instanceof Shape.SameLan ? topology.alice() : topology.bob();
    boolean operatorBlocks =
        topology.shape() instanceof Shape.SameOperator operator && operator.nat().blocksUdp();
    return !operatorBlocks
        && Stream.of(topology.alice(), bob)
            .flatMap(side -> side.nats().stream())
            .noneMatch(NatBehavior::blocksUdp);
  }

  /**
   * Whether a peer is reached by its address in the operator's network. It does not know the
   * other's there, unless that has no router either, so it could not open a firewall for it.
   */
  private static boolean isSeenInside(Side side, Side other) {
    return side.nats().isEmpty() && (other.nats().isEmpty() || !side.firewall());
  }

  private static boolean hasIpv6(Side side) {
    return side.ipv6().works() && side.nats().stream().noneMatch(NatBehavior::blocksUdp);
  }

  private static Translation translation(Side side) {
    return Translation.of(side.filters(), side.addresses());
  }

  private static Reach throughHairpin(Shape.SameOperator operator, Side alice, Side bob) {
    NatBehavior nat = operator.nat();
    if (nat.hairpin() == Hairpin.OFF || !nat.isStable()) {
      return Reach.RELAY;
    }
    Reach reach =
        reach(
            Translation.of(alice.filters(), nat, operator.addresses()),
            Translation.of(bob.filters(), nat, operator.addresses()));
    return nat.hairpin() == Hairpin.EXTERNAL_SOURCE
            || (reach == Reach.ICE && letsInAll(translation(alice)) && letsInAll(translation(bob)))
        ? reach
        : Reach.RELAY;
  }

  private static boolean letsInAll(Translation side) {
    return side.filtering() == Filtering.ENDPOINT_INDEPENDENT;
  }

  private static Reach reach(Translation one, Translation other) {
    if (one.blocked() || other.blocked()) {
      return Reach.RELAY;
    }
    if (one.stable() && other.stable()) {
      return standsMoves(one, other) && standsMoves(other, one) ? Reach.ICE : Reach.PREDICTION;
    }
    if (one.stable() || other.stable()) {
      return one.stable() ? reachChanging(one, other) : reachChanging(other, one);
    }
    return one.isSequential()
            && other.isSequential()
            && one.oneAddress()
            && other.oneAddress()
            && !one.answers()
            && !other.answers()
        ? Reach.PREDICTION
        : Reach.RELAY;
  }

  private static boolean standsMoves(Translation one, Translation other) {
    return !other.moves() || one.letsInFrom(other);
  }

  private static Reach reachChanging(Translation stable, Translation changing) {
    if (stable.moves()) {
      return Reach.RELAY;
    }
    if (stable.letsInFrom(changing)) {
      return Reach.ICE;
    }
    return changing.oneAddress() && Math.min(stable.table(), changing.table()) >= BIRTHDAY_FLOWS
        ? Reach.PREDICTION
        : Reach.RELAY;
  }
}
