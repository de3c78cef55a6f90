package io.culvert.lab.net;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.foreign.Arena;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LaneTest {
  /** The clock may run over while frames are under way. */
  private static final long START = Long.MAX_VALUE - TimeUnit.MILLISECONDS.toNanos(10);

  private final Lane lane = new Lane(Arena.ofAuto(), new SplittableRandom(1));
  private long now = START;

  @Test
  void withoutADelayAFrameArrivesAtOnce() {
    send(1);

    assertThat(arrivals()).containsExactly(1);
  }

  @Test
  void aFrameArrivesWhenItsTimeHasComeAndNotBefore() {
    lane.delay(Delay.ofMillis(25));
    send(1);

    pass(Duration.ofMillis(25).minusNanos(1));
    assertThat(arrivals()).isEmpty();
    assertThat(lane.timeToNext(now, 1000)).isEqualTo(1);
    pass(Duration.ofNanos(1));
    assertThat(lane.timeToNext(now, 1000)).isZero();
    assertThat(arrivals()).containsExactly(1);
    assertThat(lane.timeToNext(now, 1000)).isEqualTo(1000);
  }

  @Test
  void framesKeepTheTimeThatTheySetOffWith() {
    lane.delay(Delay.ofMillis(25).withOvertaking());
    send(1);
    lane.delay(Delay.NONE.withOvertaking());
    send(2);

    assertThat(arrivals()).containsExactly(2);
    pass(Duration.ofMillis(25));
    assertThat(arrivals()).containsExactly(1);
  }

  @Test
  void aShorterDelayDoesNotChangeTheOrder() {
    lane.delay(Delay.ofMillis(25));
    send(1);
    lane.delay(Delay.NONE);
    send(2);

    assertThat(arrivals()).isEmpty();
    pass(Duration.ofMillis(25));
    assertThat(arrivals()).containsExactly(1, 2);
  }

  @Test
  void jitterIsDrawnForEachFrameAndKeepsTheOrder() {
    lane.delay(Delay.ofMillis(20).withJitter(Duration.ofMillis(10)));
    List<Integer> all = sendMany();

    pass(Duration.ofMillis(20).minusNanos(1));
    assertThat(arrivals()).isEmpty();
    List<Integer> arrived = new ArrayList<>();
    pass(Duration.ofMillis(5));
    arrived.addAll(arrivals());
    pass(Duration.ofMillis(5).plusNanos(1));
    arrived.addAll(arrivals());
    assertThat(arrived).isEqualTo(all);
  }

  @Test
  void aFrameArrivesTwiceWhereFramesAreDoubled() {
    lane.duplicate(true);
    send(1);
    lane.duplicate(false);
    send(2);

    assertThat(arrivals()).containsExactly(1, 1, 2);
  }

  @Test
  void withOvertakingJitterChangesTheOrder() {
    lane.delay(Delay.ofMillis(20).withJitter(Duration.ofMillis(10)).withOvertaking());
    List<Integer> all = sendMany();

    pass(Duration.ofMillis(20).minusNanos(1));
    assertThat(arrivals()).isEmpty();
    pass(Duration.ofMillis(5));
    List<Integer> early = arrivals();
    assertThat(early).hasSizeBetween(20, 80);
    pass(Duration.ofMillis(5).plusNanos(1));
    List<Integer> late = arrivals();
    early.addAll(late);
    assertThat(early).isNotEqualTo(all).containsExactlyInAnyOrderElementsOf(all);
  }

  @Test
  void whatComesOnTopOfAFullLaneIsLost() {
    lane.delay(Delay.ofMillis(1));
    for (int count = 0; count < 20_001; count++) {
      send(count);
    }

    pass(Duration.ofMillis(1));
    assertThat(arrivals()).hasSize(20_000);
    send(7);
    pass(Duration.ofMillis(1));
    assertThat(arrivals()).containsExactly(7);
  }

  @Test
  void theSearchForNeighboursTakesNoTime() {
    lane.delay(Delay.ofMillis(25));
    send(1);
    send(2, 0x0806, 0, 0);
    send(3, 0x86dd, 58, 135);
    send(4, 0x86dd, 58, 136);
    send(5, 0x86dd, 58, 128);
    send(6, 0x86dd, 17, 135);

    assertThat(arrivals()).containsExactly(2, 3, 4);
    pass(Duration.ofMillis(25));
    assertThat(arrivals()).containsExactly(1, 5, 6);
  }

  @Test
  void timesThatAreNoneAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Delay.ofMillis(-1))
        .withMessageContaining("0 to 10 s");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Delay.NONE.withJitter(Duration.ofSeconds(11)));
  }

  private List<Integer> sendMany() {
    List<Integer> all = IntStream.range(0, 100).boxed().toList();
    all.forEach(this::send);
    return all;
  }

  private void send(int content) {
    send(content, 0x0800, 0, 0);
  }

  private void send(int content, int ethertype, int nextHeader, int icmpType) {
    Lane.Frame frame = lane.empty();
    frame.bytes.set(JAVA_BYTE, 0, (byte) content);
    frame.bytes.set(JAVA_BYTE, 12, (byte) (ethertype >> 8));
    frame.bytes.set(JAVA_BYTE, 13, (byte) ethertype);
    frame.bytes.set(JAVA_BYTE, 20, (byte) nextHeader);
    frame.bytes.set(JAVA_BYTE, 54, (byte) icmpType);
    lane.send(frame, 64, now);
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }

  private List<Integer> arrivals() {
    List<Integer> arrived = new ArrayList<>();
    for (Lane.Frame frame = lane.arrived(now); frame != null; frame = lane.arrived(now)) {
      arrived.add((int) frame.bytes.get(JAVA_BYTE, 0));
      lane.giveBack(frame);
    }
    return arrived;
  }
}
