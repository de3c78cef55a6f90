package io.culvert.lab.tcppunch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.Link;
import io.culvert.lab.Talk;
import io.culvert.lab.junit.InLab;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.Lab;
import io.culvert.lab.net.NatKind;
import io.culvert.lab.net.Router;
import io.culvert.lab.tcppunch.Meeting.Links;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Routers that lose packets or forget everything, peers that vanish. All of it takes its time. */
@InLab
class TcpPunchOnBadNetworksTest {
  /** No measure of anything; only what never ends reaches it. */
  private static final int LIMIT_SECONDS = 150;

  private static final int MESSAGES = 200;

  /** At 30 % one in sixty fails, measured with four times the patience for an answer. */
  private static final int INVITATIONS = 5;

  static Stream<NatKind> cones() {
    return Stream.of(NatKind.FULL_CONE, NatKind.PORT_RESTRICTED);
  }

  static Stream<Arguments> losses() {
    return cones().flatMap(kind -> Stream.of(arguments(kind, 10), arguments(kind, 30)));
  }

  @Execution(CONCURRENT)
  @ParameterizedTest(name = "behind {0} routers")
  @MethodSource("cones")
  void aPeerThatVanishesWhileTheLinkIsIdleIsMissed(NatKind kind) throws Exception {
    try (Lab lab = Lab.open()) {
      Host alice = lab.peer("alice", kind);
      Host bob = lab.peer("bob", kind);
      try (Meeting meeting = Meeting.of(lab, alice, bob);
          Links links = meeting.connect()) {
        awaitIdle(alice, bob);
        bob.unplug();

        FutureTask<byte[]> aliceHears = beside(links.toBob()::receive);
        FutureTask<byte[]> bobHears = beside(links.toAlice()::receive);
        assertLost(aliceHears);
        assertLost(bobHears);
      }
    }
  }

  @Execution(CONCURRENT)
  @ParameterizedTest(name = "{0} routers, {1} %")
  @MethodSource("losses")
  void whatALossyRouterLosesArrivesAllTheSame(NatKind kind, int percent) throws Exception {
    try (Lab lab = Lab.open()) {
      Router home = lab.router("home", kind);
      try (Meeting meeting = Meeting.of(lab, home.host("alice"), lab.peer("bob", kind));
          Links links = meeting.connect()) {
        home.lose(percent);

        FutureTask<List<String>> bobHears = beside(() -> hear(links.toAlice()));
        FutureTask<List<String>> aliceHears = beside(() -> hear(links.toBob()));
        FutureTask<Boolean> bobSays = beside(() -> say(links.toAlice()));
        say(links.toBob());

        assertThat(bobHears.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(messages());
        assertThat(aliceHears.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEqualTo(messages());
        assertThat(bobSays.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
      }
    }
  }

  /** A punch that loses the wrong packet fails; the next invitation starts from other ports. */
  @Execution(CONCURRENT)
  @ParameterizedTest(name = "{0} routers, {1} %")
  @MethodSource("losses")
  void peersBehindALossyRouterMeetWithinAFewInvitations(NatKind kind, int percent)
      throws Exception {
    try (Lab lab = Lab.open()) {
      Router home = lab.router("home", kind);
      try (Meeting meeting = Meeting.of(lab, home.host("alice"), lab.peer("bob", kind))) {
        home.lose(percent);

        try (Link toBob = inviteUntilMet(meeting);
            Link toAlice = meeting.bob().link()) {
          Talk.works(toBob, toAlice);
        }
      }
    }
  }

  @Test
  @Execution(CONCURRENT)
  void aRebootOfAPortPreservingRouterIsOverWhenTheInnerSideSpeaks() throws Exception {
    try (Lab lab = Lab.open()) {
      Router home = lab.router("home", NatKind.PORT_RESTRICTED);
      Host bob = lab.peer("bob", NatKind.PORT_RESTRICTED);
      try (Meeting meeting = Meeting.of(lab, home.host("alice"), bob);
          Links links = meeting.connect()) {
        home.reboot();

        links.toAlice().send("at the closed door".getBytes(UTF_8));
        links.toBob().send("it opens".getBytes(UTF_8));
        assertThat(links.toAlice().receive()).asString(UTF_8).isEqualTo("it opens");
        assertThat(links.toBob().receive()).asString(UTF_8).isEqualTo("at the closed door");
      }
    }
  }

  @Test
  @Execution(CONCURRENT)
  void aRebootOfAPortPreservingRouterIsOverWithTheNextKeepAlive() throws Exception {
    try (Lab lab = Lab.open()) {
      Router home = lab.router("home", NatKind.PORT_RESTRICTED);
      Host bob = lab.peer("bob", NatKind.PORT_RESTRICTED);
      try (Meeting meeting = Meeting.of(lab, home.host("alice"), bob);
          Links links = meeting.connect()) {
        home.reboot();

        links.toAlice().send("at the closed door".getBytes(UTF_8));
        FutureTask<byte[]> heard = beside(links.toBob()::receive);
        assertThat(heard.get(LIMIT_SECONDS, TimeUnit.SECONDS))
            .asString(UTF_8)
            .isEqualTo("at the closed door");
      }
    }
  }

  @Test
  @Execution(CONCURRENT)
  void aRebootOfARouterThatChoosesAnotherPortEndsTheLinkOnBothSides() throws Exception {
    try (Lab lab = Lab.open()) {
      Router home = lab.router("home", NatKind.SYMMETRIC);
      Host alice = home.host("alice");
      Host bob = lab.host("bob");
      try (Meeting meeting = Meeting.of(lab, alice, bob);
          Links links = meeting.connect()) {
        awaitIdle(alice, bob);
        home.reboot();

        FutureTask<byte[]> bobHears = beside(links.toAlice()::receive);
        FutureTask<byte[]> aliceHears = beside(links.toBob()::receive);
        // Not waited for: the reset may be faster than the call.
        beside(() -> {
          links.toBob().send("from another port".getBytes(UTF_8));
          return true;
        });
        assertLost(aliceHears);
        assertLost(bobHears);
      }
    }
  }

  /** Until all that was sent is acknowledged: before that, keep-alive does not watch the link. */
  private static void awaitIdle(Host... hosts) {
    for (Host host : hosts) {
      await().until(() -> host.run(TcpPunchOnBadNetworksTest::everythingIsAcknowledged));
    }
  }

  private static boolean everythingIsAcknowledged() throws IOException {
    return Files.readAllLines(Path.of("/proc/thread-self/net/tcp")).stream()
        .skip(1)
        .map(connection -> connection.strip().split("\\s+", -1)[4])
        .allMatch(queues -> queues.startsWith("00000000:"));
  }

  private static Link inviteUntilMet(Meeting meeting) throws Exception {
    List<CulvertException> failures = new ArrayList<>();
    while (failures.size() < INVITATIONS) {
      try {
        return meeting.alice().invite("bob");
      } catch (CulvertException e) {
        failures.add(e);
        // Bob may have a link all the same: his last word was lost again and again.
        meeting.bob().links.forget();
      }
    }
    throw new AssertionError("never met: " + failures);
  }

  private static void assertLost(FutureTask<byte[]> receiving) {
    assertThatThrownBy(() -> receiving.get(LIMIT_SECONDS, TimeUnit.SECONDS))
        .cause()
        .isInstanceOfSatisfying(
            CulvertException.class, why -> assertThat(why.reason()).isEqualTo(Reason.LINK_LOST));
  }

  private static boolean say(Link link) throws Exception {
    for (String message : messages()) {
      link.send(message.getBytes(UTF_8));
    }
    return true;
  }

  private static List<String> hear(Link link) throws Exception {
    List<String> heard = new ArrayList<>();
    while (heard.size() < MESSAGES) {
      byte[] message = link.receive();
      if (message == null) {
        break;
      }
      heard.add(new String(message, UTF_8));
    }
    return heard;
  }

  /** As long as they can be, so that they fill many packets. */
  private static List<String> messages() {
    return IntStream.range(0, MESSAGES).mapToObj(n -> "%03d".formatted(n).repeat(85)).toList();
  }

  private static <T> FutureTask<T> beside(Callable<T> work) {
    FutureTask<T> task = new FutureTask<>(work);
    Thread.ofVirtual().start(task);
    return task;
  }
}
