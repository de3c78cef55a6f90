package io.culvert.lab.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.culvert.lab.junit.InLab;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@InLab
class DelayTest {
  private static final int SAMPLES = 31;

  /** What a busy machine may add to the median; on an idle one it is a fifth of a millisecond. */
  private static final Duration PATIENCE = Duration.ofMillis(10);

  @Test
  void eachDirectionTakesItsTime() throws Exception {
    try (Lab lab = Lab.open();
        Udp server = Udp.on(lab.host("server"))) {
      Router home = lab.router("home", NatKind.FULL_CONE);
      try (Udp alice = Udp.on(home.host("alice"))) {
        InetSocketAddress mapping = alice.mappingTowards(server);
        home.delay(Delay.ofMillis(25), Delay.ofMillis(40));

        assertTakes(Duration.ofMillis(25), alice, server.address(), server);
        assertTakes(Duration.ofMillis(40), server, mapping, alice);
      }
    }
  }

  @Test
  void delaysOfSeveralCablesAddUpAndAreTakenBack() throws Exception {
    try (Lab lab = Lab.open()) {
      Host one = lab.host("one");
      Host two = lab.host("two");
      one.delay(Delay.ofMillis(5));
      two.delay(Delay.ofMillis(10));
      try (Udp from = Udp.on(one);
          Udp to = Udp.on(two)) {
        assertTakes(Duration.ofMillis(15), from, to.address(), to);
        assertTakes(Duration.ofMillis(15), to, from.address(), from);
        one.delay(Delay.NONE);
        assertTakes(Duration.ofMillis(10), from, to.address(), to);
      }
    }
  }

  @Test
  void aHostsCableIsTheOnlyWayToItsRouter() throws Exception {
    try (Lab lab = Lab.open();
        Udp server = Udp.on(lab.host("server"))) {
      Host host = lab.peer("alice", NatKind.FULL_CONE);
      host.delay(Delay.ofMillis(5));
      try (Udp alice = Udp.on(host)) {
        InetSocketAddress mapping = alice.mappingTowards(server);
        assertTakes(Duration.ofMillis(5), alice, server.address(), server);
        assertTakes(Duration.ofMillis(5), server, mapping, alice);
      }
    }
  }

  @Test
  void jitterKeepsTheOrderUnlessOvertakingIsAllowed() throws Exception {
    Delay jitter = Delay.ofMillis(5).withJitter(Duration.ofMillis(20));
    List<String> sent = IntStream.range(0, 200).mapToObj(Integer::toString).toList();
    try (Lab lab = Lab.open()) {
      Host host = lab.host("one");
      try (Udp one = Udp.on(host);
          Udp two = Udp.on(lab.host("two"))) {
        one.mappingTowards(two);
        host.delay(jitter);
        for (String text : sent) {
          one.send(text, two);
        }
        assertThat(two.receiveUntilSilence()).isEqualTo(sent);

        host.delay(jitter.withOvertaking());
        for (String text : sent) {
          one.send(text, two);
        }
        assertThat(two.receiveUntilSilence())
            .isNotEqualTo(sent)
            .containsExactlyInAnyOrderElementsOf(sent);
      }
    }
  }

  @Test
  void aDelayedCableLosesItsShareAndCanBePulled() throws Exception {
    try (Lab lab = Lab.open()) {
      Host host = lab.host("one");
      host.delay(Delay.ofMillis(1));
      try (Udp one = Udp.on(host);
          Udp two = Udp.on(lab.host("two"))) {
        assertThat(one.arrivals(500, two.address(), two)).isEqualTo(500);
        host.lose(50);
        assertThat(one.arrivals(500, two.address(), two)).isBetween(150, 350);
        assertThat(two.arrivals(500, one.address(), one)).isBetween(150, 350);
        host.unplug();
        assertThat(one.arrivals(500, two.address(), two)).isZero();
        host.plug();
        assertThat(one.arrivals(500, two.address(), two)).isEqualTo(500);
      }
    }
  }

  @Test
  void whatIsSentInBurstsArrivesWhole() throws Exception {
    byte[] burst = new byte[5_000_000];
    new Random(1).nextBytes(burst);
    try (Lab lab = Lab.open()) {
      Host host = lab.host("server");
      Router home = lab.router("home", NatKind.PORT_RESTRICTED);
      home.delay(Delay.ofMillis(2));
      try (Tcp server = Tcp.on(host);
          Tcp alice = Tcp.on(home.host("alice"));
          Tcp.Connection connection = alice.connectTo(server)) {
        FutureTask<byte[]> received =
            new FutureTask<>(() -> connection.near().getInputStream().readNBytes(burst.length));
        Thread.ofPlatform().start(received);
        connection.far().getOutputStream().write(burst);
        assertThat(received.get(20, TimeUnit.SECONDS)).isEqualTo(burst);
      }
    }
  }

  @Test
  void aConnectionDoesNotNoticeThatItsCableIsSlowFromNowOn() throws Exception {
    try (Lab lab = Lab.open()) {
      Host host = lab.host("server");
      Router home = lab.router("home", NatKind.PORT_RESTRICTED);
      try (Tcp server = Tcp.on(host);
          Tcp alice = Tcp.on(home.host("alice"));
          Tcp.Connection connection = alice.connectTo(server)) {
        host.delay(Delay.ofMillis(1));
        home.delay(Delay.ofMillis(1));
        connection.near().getOutputStream().write('!');
        assertThat(connection.far().getInputStream().read()).isEqualTo('!');
      }
    }
  }

  @Test
  void aClosedLabDelaysNothingAndSaysSo() throws Exception {
    Host one;
    try (Lab lab = Lab.open()) {
      one = lab.host("one");
      Host two = lab.host("two");
      one.delay(Delay.of(Duration.ofSeconds(10)));
      try (Udp from = Udp.on(one)) {
        from.send("on the way for ever", new InetSocketAddress(two.address(), 4000));
      }
      assertThat(wires()).isPositive();
      assertThat(openTaps()).isEqualTo(2);
    }
    assertThat(wires()).isZero();
    assertThat(openTaps()).isZero();
    assertThatExceptionOfType(LabException.class)
        .isThrownBy(() -> one.delay(Delay.ofMillis(1)))
        .withMessageContaining("its lab is closed");
  }

  private static long openTaps() throws IOException {
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.filter(DelayTest::isTap).count();
    }
  }

  private static boolean isTap(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).equals(Path.of("/dev/net/tun"));
    } catch (IOException e) {
      // That of the list itself, which is gone by now.
      return false;
    }
  }

  private static long wires() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("wire-"))
        .count();
  }

  /** Who is there is asked anew all the time, and the answer must not add to what is measured. */
  @Test
  void neighboursFindEachOtherWithoutDelay() throws Exception {
    try (Lab lab = Lab.open()) {
      Host one = lab.host("one");
      Host two = lab.host("two");
      one.stack(Stack.DUAL);
      two.stack(Stack.DUAL);
      two.delay(Delay.of(Duration.ofSeconds(5)));
      try (Udp from = Udp.on(one);
          Udp to = Udp.on(two);
          Udp to6 = Udp.on6(two)) {
        from.send("under way", to);
        from.send("under way", to6);
        await().untilAsserted(() -> assertThat(neighbours(one)).hasSize(2));
      }
    }
  }

  private static List<String> neighbours(Host host) throws IOException {
    try (var output = host.start("ip", "neighbour", "show").inputReader()) {
      return output.lines().filter(line -> line.contains("lladdr")).toList();
    }
  }

  private static void assertTakes(Duration expected, Udp from, InetSocketAddress by, Udp to)
      throws IOException {
    from.send("who has this address?", by);
    to.receive();
    List<Duration> times = new ArrayList<>();
    for (int sample = 0; sample < SAMPLES; sample++) {
      long before = System.nanoTime();
      from.send("now", by);
      to.receive();
      times.add(Duration.ofNanos(System.nanoTime() - before));
    }
    Collections.sort(times);
    assertThat(times.getFirst()).isGreaterThanOrEqualTo(expected);
    assertThat(times.get(SAMPLES / 2)).isLessThan(expected.plus(PATIENCE));
  }
}
