package io.culvert.lab.sim.topology;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.lab.sim.Alarm;
import io.culvert.lab.sim.NatBehavior;
import io.culvert.lab.sim.Quality;
import io.culvert.lab.sim.SimSocket;
import io.culvert.lab.sim.World;
import io.culvert.traversal.Path;
import io.culvert.traversal.PeerAddresses;
import io.culvert.traversal.udp.PathProbing;
import io.culvert.traversal.udp.Route;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The search for a path that tag and flow have, on a simulated internet. */
class PathProbingInSimulationTest {
  private static final PathProbing.Pace PACE =
      new PathProbing.Pace(
          Duration.ofMillis(100),
          Duration.ofSeconds(5),
          Duration.ofSeconds(10),
          Duration.ofSeconds(30));

  @Test
  void twoHomesConnect() {
    Meeting meeting = new Meeting(NatBehavior.PORT_RESTRICTED, NatBehavior.PORT_RESTRICTED);
    assertThat(meeting.connects()).isTrue();
    assertThat(meeting.alice.path).isEqualTo(Path.PUBLIC);
    // Answers after one and one and a half round trips, and then the wait for a local path.
    assertThat(meeting.took()).isEqualTo(Duration.ofMillis(75 + 50));
  }

  @Test
  void aSymmetricNatKeepsAPortRestrictedOneAway() {
    Meeting meeting = new Meeting(NatBehavior.PORT_RESTRICTED, NatBehavior.SYMMETRIC);
    assertThat(meeting.connects()).isFalse();
  }

  @Test
  void aPathThatIsCutIsLostAfterItsSilence() {
    Meeting meeting = new Meeting(NatBehavior.PORT_RESTRICTED, NatBehavior.PORT_RESTRICTED);
    assertThat(meeting.connects()).isTrue();
    meeting.encounter.alice().routers().getFirst().uplink().cut();
    meeting.encounter.world().runFor(Duration.ofSeconds(60));
    assertThat(meeting.alice.lost).isTrue();
    assertThat(meeting.bob.lost).isTrue();
  }

  @Test
  void aRebootOfANatIsHealedByTheNextProbes() {
    Meeting meeting = new Meeting(NatBehavior.PORT_RESTRICTED, NatBehavior.PORT_RESTRICTED);
    assertThat(meeting.connects()).isTrue();
    meeting.encounter.alice().routers().getFirst().reboot();
    meeting.encounter.world().runFor(Duration.ofSeconds(60));
    assertThat(meeting.alice.lost).isFalse();
    assertThat(meeting.bob.lost).isFalse();
  }

  private static final class Meeting {
    final Encounter encounter;
    final Peer alice;
    final Peer bob;

    Meeting(NatBehavior alices, NatBehavior bobs) {
      Quality access = Quality.delayMillis(12.5);
      encounter =
          Topology.apart(
                  1, Side.behind(alices).withAccess(access), Side.behind(bobs).withAccess(access))
              .build();
      alice = new Peer(encounter, encounter.alice());
      bob = new Peer(encounter, encounter.bob());
      encounter.world().runFor(Duration.ofSeconds(1));
      PeerAddresses alicesAddresses = alice.addresses();
      alice.search(bob.addresses());
      bob.search(alicesAddresses);
    }

    boolean connects() {
      return encounter
          .world()
          .runUntil(() -> alice.path != null && bob.path != null, Duration.ofSeconds(10));
    }

    Duration took() {
      return encounter.world().simulation().elapsed().minusSeconds(1);
    }
  }

  /** All that is between the state machine and its socket. */
  private static final class Peer {
    private static final byte[] PROBE = {1};
    private static final byte[] ANSWER = {2};

    private final World world;
    private final SimSocket socket;
    private final Alarm alarm;
    private final List<InetSocketAddress> observed = new ArrayList<>();
    private @Nullable PathProbing search;
    @Nullable Path path;
    boolean lost;

    Peer(Encounter encounter, Party party) {
      this.world = encounter.world();
      this.socket = party.host().bind();
      this.alarm = new Alarm(world.simulation(), () -> on(new PathProbing.Event.DeadlineReached()));
      socket.onReceive(this::received);
      socket.send(PunchingPeer.bindingRequest(), encounter.stun().address());
    }

    PeerAddresses addresses() {
      return PeerAddresses.of(
          new InetSocketAddress(socket.host().addresses().getFirst(), socket.port()),
          observed.getFirst());
    }

    void search(PeerAddresses other) {
      search = new PathProbing(other, PACE, world.now());
      on(new PathProbing.Event.DeadlineReached());
    }

    private void received(byte[] payload, InetSocketAddress from) {
      if (payload.length > 1) {
        PunchingPeer.mapped(payload).ifPresent(observed::add);
      } else if (payload[0] == PROBE[0]) {
        socket.send(ANSWER, from);
        on(new PathProbing.Event.Heard(Route.direct(from)));
      } else {
        on(new PathProbing.Event.Answered(Route.direct(from)));
      }
    }

    private void on(PathProbing.Event event) {
      if (search == null) {
        return;
      }
      for (PathProbing.Action action : search.on(event, world.now())) {
        switch (action) {
          case PathProbing.Action.Probe probe -> socket.send(PROBE, probe.to().to());
          case PathProbing.Action.Selected selected -> path = selected.path();
          case PathProbing.Action.Failed _ -> {}
          case PathProbing.Action.Lost _ -> lost = true;
        }
      }
      alarm.set(search.nextDeadline());
    }
  }
}
