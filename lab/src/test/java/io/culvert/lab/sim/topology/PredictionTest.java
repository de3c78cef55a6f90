package io.culvert.lab.sim.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.lab.sim.NatBehavior;
import io.culvert.lab.sim.PortAllocation;
import io.culvert.lab.sim.Quality;
import io.culvert.lab.sim.SimSocket;
import io.culvert.lab.sim.StunServer;
import io.culvert.lab.sim.World;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the oracle calls prediction is done here by hand, and works. */
class PredictionTest {
  private static final Duration ROUND_TRIP = Duration.ofMillis(60);
  private static final byte[] CHECK = {1};
  private static final byte[] ANSWER = {2};
  private static final int FIRST_PORT = 1024;
  private static final int PORTS = 65536 - FIRST_PORT;

  /** Dies on the internet. */
  private static final int OPENER = 3;

  private final Set<SimSocket> connected = new HashSet<>();
  private final List<InetSocketAddress> mapped = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void aRandomPortIsFoundByBirthday(long seed) {
    Encounter encounter = predictable(seed, NatBehavior.PORT_RESTRICTED, NatBehavior.SYMMETRIC);
    SimSocket alice = socket(encounter.alice());
    InetSocketAddress alices = mapping(encounter, alice);
    InetSocketAddress bobs = mapping(encounter, socket(encounter.bob()));
    for (int i = 0; i < 256; i++) {
      socket(encounter.bob()).send(CHECK, alices);
    }
    encounter.world().runFor(ROUND_TRIP);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 1500; i++) {
      alice.send(CHECK, at(bobs, FIRST_PORT + random.nextInt(PORTS)));
    }
    encounter.world().runFor(ROUND_TRIP);
    assertThat(connected).contains(alice);
  }

  @Test
  void aPortOfAKnownBlockIsFoundSooner() {
    int size = 1024;
    Encounter encounter =
        predictable(
            1,
            NatBehavior.PORT_RESTRICTED,
            NatBehavior.SYMMETRIC.withPorts(new PortAllocation.Block(size)));
    SimSocket alice = socket(encounter.alice());
    InetSocketAddress alices = mapping(encounter, alice);
    InetSocketAddress bobs = mapping(encounter, socket(encounter.bob()));
    for (int i = 0; i < 256; i++) {
      socket(encounter.bob()).send(CHECK, alices);
    }
    encounter.world().runFor(ROUND_TRIP);
    int block = bobs.getPort() - (bobs.getPort() - FIRST_PORT) % size;
    for (int i = 0; i < 40; i++) {
      alice.send(CHECK, at(bobs, block + i));
    }
    encounter.world().runFor(ROUND_TRIP);
    assertThat(connected).contains(alice);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7})
  void theNextPortOfASequenceIsKnown(int delta) {
    Encounter encounter = predictable(1, NatBehavior.PORT_RESTRICTED, sequential(delta));
    SimSocket alice = socket(encounter.alice());
    SimSocket bob = socket(encounter.bob());
    InetSocketAddress alices = mapping(encounter, alice);
    InetSocketAddress bobs = mapping(encounter, bob);
    alice.send(CHECK, at(bobs, bobs.getPort() + delta));
    bob.send(CHECK, alices);
    encounter.world().runFor(ROUND_TRIP);
    assertThat(connected).contains(bob);
  }

  @Test
  void twoSequencesMeetAtTheirNextPorts() {
    Encounter encounter = predictable(1, sequential(1), sequential(2));
    SimSocket alice = socket(encounter.alice());
    SimSocket bob = socket(encounter.bob());
    InetSocketAddress alices = mapping(encounter, alice);
    InetSocketAddress bobs = mapping(encounter, bob);
    alice.send(CHECK, at(bobs, bobs.getPort() + 2));
    bob.send(CHECK, at(alices, alices.getPort() + 1));
    encounter.world().runFor(ROUND_TRIP);
    assertThat(connected).containsExactlyInAnyOrder(alice, bob);
  }

  @Test
  void openersKeepRoutersThatAnswerFromDoingSo() {
    NatBehavior answering = NatBehavior.PORT_RESTRICTED.answering();
    Encounter encounter = predictable(1, answering, answering);
    SimSocket alice = socket(encounter.alice());
    SimSocket bob = socket(encounter.bob());
    InetSocketAddress alices = mapping(encounter, alice);
    InetSocketAddress bobs = mapping(encounter, bob);
    alice.send(CHECK, bobs, OPENER);
    encounter.world().runFor(ROUND_TRIP);
    bob.send(CHECK, alices, OPENER);
    encounter.world().runFor(ROUND_TRIP);
    alice.send(CHECK, bobs);
    bob.send(CHECK, alices);
    encounter.world().runFor(ROUND_TRIP);
    assertThat(connected).containsExactlyInAnyOrder(alice, bob);
  }

  private static NatBehavior sequential(int delta) {
    return NatBehavior.SYMMETRIC.withPorts(new PortAllocation.Sequential(delta));
  }

  private static Encounter predictable(long seed, NatBehavior alice, NatBehavior bob) {
    Quality access = Quality.delayMillis(12.5);
    Topology topology =
        Topology.apart(
            seed, Side.behind(alice).withAccess(access), Side.behind(bob).withAccess(access));
    assertThat(Oracle.reach(topology)).isEqualTo(Reach.PREDICTION);
    return topology.build();
  }

  /** One that answers checks, and is connected when its own are answered. */
  private SimSocket socket(Party party) {
    SimSocket socket = party.host().bind();
    socket.onReceive((payload, from) -> {
      if (payload.length > 1) {
        PunchingPeer.mapped(payload).ifPresent(mapped::add);
      } else if (payload[0] == CHECK[0]) {
        socket.send(ANSWER, from);
      } else {
        connected.add(socket);
      }
    });
    return socket;
  }

  private InetSocketAddress mapping(Encounter encounter, SimSocket socket) {
    World world = encounter.world();
    StunServer stun = encounter.stun();
    socket.send(PunchingPeer.bindingRequest(), stun.address());
    world.runFor(ROUND_TRIP);
    return mapped.getLast();
  }

  private static InetSocketAddress at(InetSocketAddress endpoint, int port) {
    return new InetSocketAddress(endpoint.getAddress(), port);
  }
}
