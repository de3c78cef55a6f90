package io.culvert.lab.sim.topology;

import io.culvert.lab.sim.Host;
import io.culvert.lab.sim.Interface;
import io.culvert.lab.sim.NatBehavior;
import io.culvert.lab.sim.Quality;
import io.culvert.lab.sim.RelayServer;
import io.culvert.lab.sim.Router;
import io.culvert.lab.sim.RouterPlan;
import io.culvert.lab.sim.StunServer;
import io.culvert.lab.sim.World;
import java.util.ArrayList;
import java.util.List;

/** Builds what a {@link Topology} describes. */
final class Construction {
  private static final String OPERATORS_LAN = "100.64.0.0/10";
  private static final String OVERLAPPING_LAN = "192.168.1.0/24";

  private final Topology topology;
  private final World world;

  Construction(Topology topology) {
    this.topology = topology;
    this.world = new World(topology.seed());
  }

  Encounter encounter() {
    StunServer stun = StunServer.on(world.host("stun", topology.servers()));
    StunServer otherStun = StunServer.on(world.host("other-stun", topology.servers()));
    RelayServer relay = RelayServer.on(world.host("relay", topology.servers()));
    List<Router> none = List.of();
    Party alice;
    Party bob;
    switch (topology.shape()) {
      case Shape.Apart _, Shape.OverlappingLans _ -> {
        alice = party("alice", topology.alice(), routers("alice", topology.alice(), none));
        bob = party("bob", topology.bob(), routers("bob", topology.bob(), none));
      }
      case Shape.SameLan _ -> {
        List<Router> routers = routers("alice", topology.alice(), none);
        alice = party("alice", topology.alice(), routers);
        bob = party("bob", topology.bob(), routers);
      }
      case Shape.SameOperator operator -> {
        List<Router> shared = List.of(router(operator));
        alice = party("alice", topology.alice(), routers("alice", topology.alice(), shared));
        bob = party("bob", topology.bob(), routers("bob", topology.bob(), shared));
      }
    }
    return new Encounter(world, alice, bob, stun, otherStun, relay);
  }

  private Router router(Shape.SameOperator operator) {
    RouterPlan plan =
        RouterPlan.of(operator.nat()).withAddresses(operator.addresses()).withLan(OPERATORS_LAN);
    boolean ipv6 = topology.alice().ipv6() != Ipv6.NONE || topology.bob().ipv6() != Ipv6.NONE;
    return world.router("operator", ipv6 ? plan.withIpv6(NatBehavior.OPEN) : plan);
  }

  /** The peer's own ones and the others that it has, the nearest one first. */
  private List<Router> routers(String name, Side side, List<Router> others) {
    List<Router> routers = new ArrayList<>(others);
    for (int i = side.nats().size() - 1; i >= 0; i--) {
      RouterPlan plan = plan(side, i);
      String routerName = name + "-router" + i;
      routers.addFirst(
          routers.isEmpty()
              ? world.router(routerName, plan)
              : routers.getFirst().router(routerName, plan));
    }
    return routers;
  }

  private RouterPlan plan(Side side, int number) {
    boolean outermost = number == side.nats().size() - 1;
    RouterPlan plan = RouterPlan.of(side.nats().get(number));
    if (outermost) {
      plan = plan.withAddresses(side.addresses()).withLink(side.access());
    }
    if (number > 0) {
      plan = plan.withLan(OPERATORS_LAN);
    } else if (topology.shape() instanceof Shape.OverlappingLans) {
      plan = plan.withLan(OVERLAPPING_LAN);
    }
    return switch (side.ipv6()) {
      case NONE -> plan;
      case OPEN -> plan.withIpv6(NatBehavior.OPEN);
      case FIREWALLED ->
          plan.withIpv6(number == 0 ? NatBehavior.STATEFUL_FIREWALL : NatBehavior.OPEN);
      case BLACKHOLED -> plan.withIpv6(NatBehavior.UDP_BLOCKED_FIREWALL);
    };
  }

  private Party party(String name, Side side, List<Router> routers) {
    Quality link = side.nats().isEmpty() ? side.access() : Quality.PERFECT;
    Host host = host(name, side, routers, link);
    if (side.firewall()) {
      host.turnOnFirewall();
    }
    Interface uplink = host.interfaces().getFirst();
    for (int i = 0; i < side.junk(); i++) {
      // What containers have is the same on every machine.
      host.join(world.deadEnd(name + "-junk" + i, "172." + (17 + i) + ".0.0/16"), Quality.PERFECT);
    }
    return new Party(host, uplink, routers);
  }

  private Host host(String name, Side side, List<Router> routers, Quality link) {
    boolean ipv4Only = side.ipv6() == Ipv6.NONE;
    if (routers.isEmpty()) {
      return ipv4Only ? world.ipv4Host(name, link) : world.host(name, link);
    }
    Router nearest = routers.getFirst();
    return ipv4Only ? nearest.ipv4Host(name, link) : nearest.host(name, link);
  }
}
