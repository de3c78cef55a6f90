package io.culvert.lab.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LinkTest {
  private static final int MANY = 20_000;

  /** Number and time of each arrival. */
  private record Arrival(int number, Duration at) {}

  private final List<Arrival> arrivals = new ArrayList<>();

  @Test
  void everyPacketHasTheDelay() {
    send(3, 1, Quality.delayMillis(12.5), 1);
    assertThat(arrivals)
        .containsExactly(
            new Arrival(0, Duration.ofNanos(12_500_000)),
            new Arrival(1, Duration.ofNanos(13_500_000)),
            new Arrival(2, Duration.ofNanos(14_500_000)));
  }

  @Test
  void jitterAddsToTheDelayAndKeepsTheOrder() {
    Quality quality = Quality.delayMillis(10).withJitter(Duration.ofMillis(5));
    send(MANY, 1, quality, 1);
    assertThat(numbers()).isEqualTo(IntStream.range(0, MANY).boxed().toList());
    List<Long> extra =
        arrivals.stream().map(a -> a.at().toNanos() - (a.number() + 10) * 1_000_000L).toList();
    assertThat(extra).allMatch(nanos -> nanos >= 0 && nanos <= 5_000_000);
    assertThat(extra).anyMatch(nanos -> nanos < 500_000).anyMatch(nanos -> nanos > 4_500_000);
  }

  @Test
  void thatManyPacketsGetLostEachForItself() {
    send(MANY, 1, Quality.PERFECT.withLoss(Loss.independent(0.1)), 1);
    assertThat(MANY - arrivals.size()).isCloseTo(MANY / 10, within(150));
    assertThat(meanBurst()).isCloseTo(1 / 0.9, within(0.05));
  }

  @Test
  void packetsGetLostInBursts() {
    send(MANY, 1, Quality.PERFECT.withLoss(Loss.bursts(0.1, 5)), 1);
    assertThat(MANY - arrivals.size()).isCloseTo(MANY / 10, within(300));
    assertThat(meanBurst()).isCloseTo(5, within(0.5));
  }

  @Test
  void oneSeedLosesTheSamePacketsEveryTime() {
    Quality quality = Quality.PERFECT.withLoss(Loss.independent(0.3));
    List<Integer> first = send(1000, 1, quality, 5);
    arrivals.clear();
    assertThat(send(1000, 1, quality, 5)).isEqualTo(first);
    arrivals.clear();
    assertThat(send(1000, 1, quality, 6)).isNotEqualTo(first);
  }

  @Test
  void somePacketsArriveTwice() {
    send(MANY, 1, Quality.PERFECT.withDuplication(0.2), 1);
    assertThat(arrivals.size() - MANY).isCloseTo(MANY / 5, within(250));
    assertThat(numbers().stream().distinct().count()).isEqualTo(MANY);
  }

  @Test
  void somePacketsAreOvertaken() {
    Reordering reordering = new Reordering(0.1, Duration.ofMillis(3));
    send(MANY, 1, Quality.delayMillis(10).withReordering(reordering), 1);
    assertThat(arrivals).hasSize(MANY);
    long late =
        arrivals.stream().filter(a -> a.at().equals(Duration.ofMillis(a.number() + 13L))).count();
    assertThat(late).isCloseTo(MANY / 10, within(150L));
    assertThat(numbers()).isNotEqualTo(IntStream.range(0, MANY).boxed().toList());
  }

  @Test
  void aRateGivesEveryPacketItsTime() {
    // 100 bytes of payload are 128 of IP: 1.024 ms at 1 Mbit/s
    send(10, 0, Quality.PERFECT.withRate(1_000_000, 100_000), 1);
    assertThat(arrivals.stream().map(Arrival::at))
        .isEqualTo(
            IntStream.rangeClosed(1, 10).mapToObj(i -> Duration.ofNanos(i * 1_024_000L)).toList());
  }

  @Test
  void whatFindsTheQueueFullIsLost() {
    send(100, 0, Quality.PERFECT.withRate(1_000_000, 10 * 128), 1);
    assertThat(numbers()).isEqualTo(IntStream.range(0, 10).boxed().toList());
  }

  @Test
  void theQueueEmptiesWithTime() {
    send(100, 2, Quality.PERFECT.withRate(1_000_000, 10 * 128), 1);
    assertThat(arrivals).hasSize(100);
  }

  @Test
  void packetsThatAreTooLongVanish() {
    World world = new World(1);
    Mailbox one = Mailbox.at(world, world.host("one"));
    Mailbox two = Mailbox.at(world, world.host("two", Quality.PERFECT.withMtu(1280)));
    one.send("x".repeat(1280 - 28), two.address());
    one.send("x".repeat(1280 - 27), two.address());
    assertThat(two.texts()).hasSize(1);
  }

  @Test
  void aCutLinkCarriesNothingNotEvenWhatIsUnderWay() {
    World world = new World(1);
    Mailbox one = Mailbox.at(world, world.host("one", Quality.delayMillis(10)));
    Host host = world.host("two", Quality.delayMillis(10));
    Mailbox two = Mailbox.at(world, host);
    Link link = host.interfaces().getFirst().link();
    one.send("under way", two.address());
    world.runFor(Duration.ofMillis(15));
    link.cut();
    one.send("during", two.address());
    world.runFor(Duration.ofMillis(15));
    link.restore();
    one.send("after", two.address());
    assertThat(two.texts()).containsExactly("after");
  }

  @Test
  void oneDirectionMayBeCutAlone() {
    World world = new World(1);
    Mailbox one = Mailbox.at(world, world.host("one"));
    Host host = world.host("two");
    Mailbox two = Mailbox.at(world, host);
    host.interfaces().getFirst().link().cutUp();
    one.send("in", two.address());
    two.send("out", one.address());
    assertThat(two.texts()).containsExactly("in");
    assertThat(one.texts()).isEmpty();
  }

  @Test
  void theDirectionsMayDiffer() {
    World world = new World(1);
    Host one = world.host("one");
    Host two = world.host("two");
    two.interfaces().getFirst().link().quality(Quality.delayMillis(40), Quality.delayMillis(3));
    SimSocket echo = two.bind(7);
    List<Duration> times = new ArrayList<>();
    echo.onReceive((payload, from) -> {
      times.add(world.simulation().elapsed());
      echo.send(payload, from);
    });
    SimSocket asking = one.bind();
    asking.onReceive((_, _) -> times.add(world.simulation().elapsed()));
    asking.send(new byte[1], new InetSocketAddress(two.addresses().getFirst(), 7));
    world.runFor(Duration.ofSeconds(1));
    assertThat(times).containsExactly(Duration.ofMillis(3), Duration.ofMillis(43));
  }

  private List<Integer> send(int count, int everyMillis, Quality quality, long seed) {
    World world = new World(seed);
    SimSocket sender = world.host("sender").bind();
    SimSocket receiver = world.host("receiver").bind();
    sender.host().interfaces().getFirst().link().quality(quality, Quality.PERFECT);
    receiver.onReceive((payload, _) ->
        arrivals.add(
            new Arrival(
                ((payload[0] & 0xff) << 8) + (payload[1] & 0xff), world.simulation().elapsed())));
    InetSocketAddress to = StunServer.address(receiver, true);
    for (int i = 0; i < count; i++) {
      byte[] payload = new byte[100];
      payload[0] = (byte) (i >> 8);
      payload[1] = (byte) i;
      world
          .simulation()
          .schedule(Duration.ofMillis((long) everyMillis * i), () -> sender.send(payload, to));
    }
    world.runFor(Duration.ofMinutes(1));
    return numbers();
  }

  private List<Integer> numbers() {
    return arrivals.stream().map(Arrival::number).toList();
  }

  /** How many packets in a row are missing, on average. */
  private double meanBurst() {
    List<Integer> numbers = numbers();
    List<Integer> gaps =
        IntStream.range(1, numbers.size())
            .map(i -> numbers.get(i) - numbers.get(i - 1) - 1)
            .filter(gap -> gap > 0)
            .boxed()
            .toList();
    return gaps.stream().mapToInt(gap -> gap).average().orElse(0);
  }
}
