package io.culvert.lab.tag;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.tag.TagConnection;
import io.culvert.lab.Talk;
import io.culvert.lab.junit.InLab;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.Lab;
import io.culvert.lab.net.NatKind;
import io.culvert.lab.net.Router;
import io.culvert.lab.tag.Meeting.Connected;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Routers that lose packets or forget everything, servers and peers that vanish. */
@InLab
class TagOnBadNetworksTest {
  private static final int DIALS = 6;

  static Stream<Arguments> losses() {
    return Stream.of(NatKind.FULL_CONE, NatKind.PORT_RESTRICTED)
        .flatMap(kind -> Stream.of(arguments(kind, 10), arguments(kind, 30)));
  }

  @Execution(CONCURRENT)
  @ParameterizedTest(name = "{0} routers, {1} %")
  @MethodSource("losses")
  void peersBehindALossyRouterMeetWithinAFewDials(NatKind kind, int percent) throws Exception {
    try (Lab lab = Lab.open()) {
      Router home = lab.router("home", kind);
      try (Meeting meeting = Meeting.of(lab, home.host("alice"), lab.peer("bob", kind))) {
        home.lose(percent);

        try (Connected connected = dialUntilMet(meeting)) {
          home.lose(0);
          Talk.works(connected.toBob(), connected.toAlice());
        }
      }
    }
  }

  @Test
  @Execution(CONCURRENT)
  void aCalleeThatHasGoneWithoutAWordDoesNotAnswer() throws Exception {
    try (Lab lab = Lab.open()) {
      Host bob = lab.peer("bob", NatKind.PORT_RESTRICTED);
      try (Meeting meeting = Meeting.of(lab, lab.peer("alice", NatKind.PORT_RESTRICTED), bob)) {
        bob.unplug();

        assertThatExceptionOfType(CulvertException.class)
            .isThrownBy(() -> meeting.alice().dial(meeting.bob().tag()))
            .satisfies(why -> assertThat(why.reason()).isEqualTo(Reason.NOT_ANSWERED))
            .withMessage(meeting.bob().tag() + " is registered but does not answer.");
      }
    }
  }

  @Test
  @Execution(CONCURRENT)
  void aServerThatComesBackKnowsItsClientsAgainWithTheirNextHeartbeat() throws Exception {
    try (Lab lab = Lab.open()) {
      Host server = lab.host("server");
      Host bobsHost = lab.peer("bob", NatKind.PORT_RESTRICTED);
      Host alicesHost = lab.peer("alice", NatKind.PORT_RESTRICTED);
      RunningServer before = server.run(() -> RunningServer.at(server.address()));
      try (Guest alice = alicesHost.run(() -> Guest.registered(before.address()));
          Guest bob = bobsHost.run(() -> Guest.registered(before.address()))) {
        String hisTag = bob.tag();
        before.close();
        assertThatExceptionOfType(CulvertException.class)
            .isThrownBy(() -> alice.dial(hisTag))
            .satisfies(why -> assertThat(why.reason()).isEqualTo(Reason.SERVER_UNREACHABLE));

        RunningServer after = server.run(before::again);
        assertThat(bob.newTags.next()).isEqualTo(bob.tag());
        try (Meeting meeting = new Meeting(after, alice, bob);
            Connected connected = meeting.connect()) {
          assertThat(connected.alices()).isInstanceOf(TagConnection.Tcp.class);
        }
      }
    }
  }

  @Test
  @Execution(CONCURRENT)
  void aCalleeCanBeDialledAgainWithTheNextHeartbeatAfterItsRouterHasRebooted() throws Exception {
    try (Lab lab = Lab.open()) {
      Router home = lab.router("home", NatKind.PORT_RESTRICTED);
      Host alice = lab.peer("alice", NatKind.PORT_RESTRICTED);
      try (Meeting meeting = Meeting.of(lab, alice, home.host("bob"))) {
        String tag = meeting.bob().tag();
        home.reboot();

        try (Connected connected = dialUntilMet(meeting)) {
          Talk.works(connected.toBob(), connected.toAlice());
          assertThat(meeting.bob().tag()).isEqualTo(tag);
        }
      }
    }
  }

  @Test
  @Execution(CONCURRENT)
  void aCalleeGetsAnotherTagWhenItsRouterComesBackWithAnotherPort() throws Exception {
    try (Lab lab = Lab.open()) {
      Router home = lab.router("home", NatKind.SYMMETRIC);
      try (Meeting meeting = Meeting.of(lab, lab.host("alice"), home.host("bob"))) {
        String tag = meeting.bob().tag();
        home.reboot();

        assertThat(meeting.bob().newTags.next()).isNotEqualTo(tag).isEqualTo(meeting.bob().tag());
        meeting.connect().close();
      }
    }
  }

  static Stream<Arguments> routersAndConnections() {
    return Stream.of(
        arguments(NatKind.PORT_RESTRICTED, TagConnection.Tcp.class),
        arguments(NatKind.TCP_BLOCKED, TagConnection.Udp.class));
  }

  @Execution(CONCURRENT)
  @ParameterizedTest(name = "{0}")
  @MethodSource("routersAndConnections")
  void aConnectionOutlivesTheRebootOfAPortPreservingRouter(
      NatKind kind, Class<? extends TagConnection> what) throws Exception {
    try (Lab lab = Lab.open()) {
      Router home = lab.router("home", kind);
      try (Meeting meeting = Meeting.of(lab, home.host("alice"), lab.peer("bob", kind));
          Connected connected = meeting.connect()) {
        assertThat(connected.alices()).isInstanceOf(what);
        home.reboot();

        connected.toBob().send("it opens".getBytes(UTF_8));
        assertThat(connected.toAlice().receive()).asString(UTF_8).isEqualTo("it opens");
        Talk.works(connected.toAlice(), connected.toBob());
      }
    }
  }

  /**
   * When the callee's last word is lost again and again, it has TCP and the caller has not: they
   * have not met.
   */
  private static Connected dialUntilMet(Meeting meeting) throws Exception {
    List<Object> failures = new ArrayList<>();
    while (failures.size() < DIALS) {
      try {
        TagConnection alices = meeting.alice().dial(meeting.bob().tag());
        Connected connected = new Connected(alices, meeting.bob().connections.next());
        if (connected.toBob().kind() == connected.toAlice().kind()) {
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
