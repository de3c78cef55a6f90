package io.culvert.traversal.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.traversal.Path;
import io.culvert.traversal.tcp.SimulatedHost.Result;
import io.culvert.traversal.tcp.TcpPunch.Role;
import java.time.Duration;
import java.util.Objects;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Two punches against each other, in thousands of worlds, each of which its seed brings back. */
class TwoPunchesTest {
  private static final int WORLDS = Integer.getInteger("culvert.worlds", 5000);

  /** What two peers found in a world. */
  private record Meeting(World world, SimulatedHost inviter, SimulatedHost callee) {
    static Meeting in(World world) {
      Timeline time = new Timeline();
      SimulatedNetwork network = new SimulatedNetwork(world, time);
      SimulatedHost inviter =
          new SimulatedHost(Role.INVITER, world.inviter(), world.callee(), network, time);
      SimulatedHost callee =
          new SimulatedHost(Role.CALLEE, world.callee(), world.inviter(), network, time);
      callee.start();
      time.after(world.inviterLag(), inviter::start);
      try {
        time.run();
      } catch (AssertionError e) {
        throw new AssertionError("in " + world, e);
      }
      return new Meeting(world, inviter, callee);
    }

    Result invitersResult() {
      return Objects.requireNonNull(inviter.result());
    }

    Result calleesResult() {
      return Objects.requireNonNull(callee.result());
    }
  }

  private static Stream<World> worlds() {
    return LongStream.range(0, WORLDS).mapToObj(World::of);
  }

  @Test
  void meetWheneverThereIsAWay() {
    worlds()
        .filter(world -> world.passable() && !world.slow())
        .map(Meeting::in)
        .forEach(meeting -> {
          assertThat(meeting.invitersResult().failure()).as("%s", meeting.world()).isNull();
          assertThat(meeting.calleesResult().failure()).as("%s", meeting.world()).isNull();
        });
  }

  @Test
  void failWhereThereIsNone() {
    worlds()
        .filter(world -> !world.passable())
        .map(Meeting::in)
        .forEach(meeting -> {
          assertThat(meeting.invitersResult().failure()).as("%s", meeting.world()).isNotNull();
          assertThat(meeting.calleesResult().failure()).as("%s", meeting.world()).isNotNull();
        });
  }

  @Test
  void neverChooseDifferentConnectionsNorSucceedAlone() {
    worlds()
        .map(Meeting::in)
        .forEach(meeting -> {
          boolean succeeded = meeting.invitersResult().succeeded();
          assertThat(meeting.calleesResult().succeeded())
              .as("success of both in %s", meeting.world())
              .isEqualTo(succeeded);
          assertThat(meeting.inviter().sharesConnectionWith(meeting.callee()))
              .as("one connection in %s", meeting.world())
              .isEqualTo(succeeded);
        });
  }

  @Test
  void areOverWithinTheRoundsAndTheTimeForAnAnswer() {
    worlds()
        .map(Meeting::in)
        .forEach(meeting -> {
          Duration limit = Duration.ofSeconds(15).plus(meeting.world().inviterLag());
          assertThat(meeting.invitersResult().at())
              .as("%s", meeting.world())
              .isBeforeOrEqualTo(Timeline.START.plus(limit));
          assertThat(meeting.calleesResult().at())
              .as("%s", meeting.world())
              .isBeforeOrEqualTo(Timeline.START.plus(limit));
        });
  }

  @Test
  void leaveNothingOpenButTheirConnection() {
    worlds()
        .map(Meeting::in)
        .forEach(meeting -> {
          int expected = meeting.invitersResult().succeeded() ? 1 : 0;
          assertThat(meeting.inviter().openSockets())
              .as("inviter in %s", meeting.world())
              .isEqualTo(expected);
          assertThat(meeting.callee().openSockets())
              .as("callee in %s", meeting.world())
              .isEqualTo(expected);
        });
  }

  @Test
  void meetLocallyWithinOneNetworkThatLosesNothing() {
    worlds()
        .filter(world -> world.sameLan() && world.losses() == 0)
        .map(Meeting::in)
        .forEach(meeting -> {
          assertThat(meeting.invitersResult().path())
              .as("%s", meeting.world())
              .isEqualTo(Path.LOCAL);
          assertThat(meeting.calleesResult().path())
              .as("%s", meeting.world())
              .isEqualTo(Path.LOCAL);
        });
  }
}
