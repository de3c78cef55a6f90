package io.culvert.lab.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.flow.FlowConnection;
import io.culvert.client.flow.IncomingCall;
import io.culvert.lab.AccountServer;
import io.culvert.lab.Talk;
import io.culvert.lab.flow.Meeting.Connected;
import io.culvert.lab.flow.Person.Manner;
import io.culvert.lab.junit.InLab;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.Lab;
import io.culvert.lab.net.NatKind;
import io.culvert.lab.net.Router;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Routers that lose packets or forget everything, servers and peers that vanish. */
@InLab
class FlowOnBadNetworksTest {
  private static final int ATTEMPTS = 6;

  /** Of all servers here: a password's hash takes its time. */
  @TempDir private static Path data;

  @BeforeAll
  static void thereAreAccounts() throws Exception {
    AccountServer.prepare(data, "alice", "bob");
  }

  @Test
  @Execution(CONCURRENT)
  void bothAreOnlineAgainWhenTheServerComesBackAndACallWorks() throws Exception {
    try (Lab lab = Lab.open();
        Meeting meeting = neighbours(lab, Manner.TAKES_CALLS)) {
      meeting.restartServer();
      assertThat(meeting.alice().offline.next().reason()).isEqualTo(Reason.SERVER_LOST);
      meeting.alice().onlineAgain.next();
      meeting.bob().onlineAgain.next();

      meeting.connect().close();
    }
  }

  @Test
  @Execution(CONCURRENT)
  void aCallOutlivesARestartOfTheServerWhileItRings() throws Exception {
    try (Lab lab = Lab.open();
        Meeting meeting = neighbours(lab, Manner.LETS_IT_RING)) {
      CompletableFuture<FlowConnection> alices = meeting.alice().callAsync(meeting.bob());
      IncomingCall call = meeting.bob().calls.next();
      meeting.restartServer();
      meeting.bob().take(call);

      try (Connected connected =
          new Connected(alices.get(30, TimeUnit.SECONDS), meeting.bob().connections.next())) {
        Talk.works(connected.toBob(), connected.toAlice());
      }
    }
  }

  @Test
  @Execution(CONCURRENT)
  void aCallOutlivesTheServer() throws Exception {
    try (Lab lab = Lab.open();
        Meeting meeting = neighbours(lab, Manner.TAKES_CALLS);
        Connected connected = meeting.connect()) {
      meeting.server().close();
      meeting.alice().offline.next();
      meeting.bob().offline.next();

      Talk.works(connected.toBob(), connected.toAlice());
    }
  }

  /**
   * The next heart beat opens the router within 15 s, and TCP's next try finds it open: it pauses
   * for 12.8 s after its sixth, at 12.6 s.
   */
  @Test
  @Execution(CONCURRENT)
  void itRingsWithinFortySecondsWhenTheRouterHasRebooted() throws Exception {
    try (Lab lab = Lab.open()) {
      Router home = lab.router("home", NatKind.PORT_RESTRICTED);
      Host alice = lab.peer("alice", NatKind.PORT_RESTRICTED);
      try (Meeting meeting = Meeting.of(lab, data, alice, home.host("bob"))) {
        home.reboot();

        meeting.connect().close();
      }
    }
  }

  @Test
  @Execution(CONCURRENT)
  void aClientIsOnlineAgainWhenItsRouterComesBackWithAnotherPort() throws Exception {
    try (Lab lab = Lab.open()) {
      Router home = lab.router("home", NatKind.SYMMETRIC);
      try (Meeting meeting = Meeting.of(lab, data, lab.host("alice"), home.host("bob"))) {
        home.reboot();

        meeting.bob().onlineAgain.next();
        meeting.connect().close();
      }
    }
  }

  @Test
  @Execution(CONCURRENT)
  void aStreamOutlivesTheRebootOfAPortPreservingRouter() throws Exception {
    try (Lab lab = Lab.open()) {
      Router home = lab.router("home", NatKind.PORT_RESTRICTED);
      Host bob = lab.peer("bob", NatKind.PORT_RESTRICTED);
      try (Meeting meeting = Meeting.of(lab, data, home.host("alice"), bob);
          Connected connected = meeting.connect()) {
        assertThat(connected.alices()).isInstanceOf(FlowConnection.Stream.class);
        home.reboot();

        connected.toBob().send("it opens".getBytes(UTF_8));
        assertThat(connected.toAlice().receive()).asString(UTF_8).isEqualTo("it opens");
        Talk.works(connected.toAlice(), connected.toBob());
      }
    }
  }

  @Execution(CONCURRENT)
  @ParameterizedTest(name = "{0} %")
  @ValueSource(ints = {10, 30})
  void peersBehindALossyRouterMeetWithinAFewCalls(int percent) throws Exception {
    try (Lab lab = Lab.open()) {
      Router home = lab.router("home", NatKind.PORT_RESTRICTED);
      Host bob = lab.peer("bob", NatKind.PORT_RESTRICTED);
      try (Meeting meeting = Meeting.of(lab, data, home.host("alice"), bob)) {
        home.lose(percent); // from now on: a login may take longer than anybody waits
        try (Connected connected = callUntilMet(meeting)) {
          Talk.works(connected.toBob(), connected.toAlice());
        }
      }
    }
  }

  @Test
  @Execution(CONCURRENT)
  void whoseCableIsPulledDoesNotAnswer() throws Exception {
    try (Lab lab = Lab.open()) {
      Host bob = lab.peer("bob", NatKind.PORT_RESTRICTED);
      try (Meeting meeting =
          Meeting.of(lab, data, lab.peer("alice", NatKind.PORT_RESTRICTED), bob)) {
        bob.unplug();

        assertThatExceptionOfType(CulvertException.class)
            .isThrownBy(() -> meeting.alice().call(meeting.bob(), Duration.ofSeconds(3)))
            .satisfies(why -> assertThat(why.reason()).isEqualTo(Reason.NOT_ANSWERED))
            .withMessage("bob does not answer.");
      }
    }
  }

  private static Meeting neighbours(Lab lab, Manner bobs) throws Exception {
    return Meeting.of(
        lab,
        data,
        lab.peer("alice", NatKind.PORT_RESTRICTED),
        lab.peer("bob", NatKind.PORT_RESTRICTED),
        bobs);
  }

  /**
   * With losses it may be that only one of them has a stream, or neither: then they have not met.
   */
  private static Connected callUntilMet(Meeting meeting) throws Exception {
    List<Object> failures = new ArrayList<>();
    while (failures.size() < ATTEMPTS) {
      try {
        FlowConnection alices = meeting.alice().call(meeting.bob());
        Connected connected = new Connected(alices, meeting.bob().connections.next());
        if (connected.areStreams()) {
          return connected;
        }
        connected.close();
        failures.add(connected);
      } catch (CulvertException e) {
        failures.add(e);
        meeting.bob().connections.forget();
      }
    }
    throw new AssertionError("never met: " + failures);
  }
}
