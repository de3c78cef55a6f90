package io.culvert.lab.ice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.culvert.client.net.RelayedPort;
import io.culvert.client.turn.TurnLogin;
import io.culvert.lab.foreign.ForeignPeer;
import io.culvert.lab.foreign.ForeignProgram;
import io.culvert.lab.foreign.ForeignStack;
import io.culvert.lab.junit.InLab;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.Lab;
import io.culvert.lab.net.NatKind;
import io.culvert.lab.net.Router;
import io.culvert.lab.turn.CulvertTurnServer;
import io.culvert.traversal.ice.CandidatePair;
import io.culvert.traversal.ice.Role;
import io.culvert.wire.flow.CallData.Ice;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** An agent of ours and one of somebody else's behind the kernel's NATs, with our server. */
@InLab
@Timeout(60)
class ForeignStackTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @TempDir private Path data;

  /** Where the two are. */
  enum Place {
    CONES,
    OURS_IS_HARD,
    THEIRS_IS_HARD,
    OUR_RELAY,
    THEIR_RELAY,
    WE_DIAL,
    THEY_DIAL;

    private NatKind ours() {
      return switch (this) {
        case CONES, THEIR_RELAY -> NatKind.PORT_RESTRICTED;
        case OURS_IS_HARD, OUR_RELAY -> NatKind.SYMMETRIC;
        case THEIRS_IS_HARD, THEY_DIAL -> NatKind.OPEN;
        case WE_DIAL -> NatKind.UDP_BLOCKED;
      };
    }

    private NatKind theirs() {
      return switch (this) {
        case CONES -> NatKind.PORT_RESTRICTED;
        case OURS_IS_HARD, WE_DIAL -> NatKind.OPEN;
        case THEY_DIAL -> NatKind.UDP_BLOCKED;
        case THEIRS_IS_HARD, OUR_RELAY, THEIR_RELAY -> NatKind.SYMMETRIC;
      };
    }
  }

  static Stream<Arguments> meetings() {
    return Stream.of(ForeignStack.LIBNICE, ForeignStack.AIOICE)
        .flatMap(stack ->
            Stream.of(
                Arguments.of(stack, Role.CONTROLLING, Place.CONES),
                Arguments.of(stack, Role.CONTROLLED, Place.CONES),
                Arguments.of(stack, Role.CONTROLLED, Place.OURS_IS_HARD),
                Arguments.of(stack, Role.CONTROLLING, Place.THEIRS_IS_HARD),
                Arguments.of(stack, Role.CONTROLLED, Place.OUR_RELAY),
                Arguments.of(stack, Role.CONTROLLING, Place.THEIR_RELAY)));
  }

  @ParameterizedTest(name = "{0}, we are {1}, {2}")
  @MethodSource("meetings")
  void theyTalk(ForeignStack stack, Role role, Place place) throws Exception {
    assumeTrue(stack.isInstalled(), stack.missing());
    try (Lab lab = Lab.open();
        ForeignProgram program = stack.program()) {
      Host ours = lab.peer("ours", place.ours());
      Host theirs = lab.peer("theirs", place.theirs());
      meet(lab, ours, theirs, program, role, place);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"LIBNICE", "AIOICE"})
  void inOneNetworkTheyTalkWithinIt(ForeignStack stack) throws Exception {
    assumeTrue(stack.isInstalled(), stack.missing());
    try (Lab lab = Lab.open();
        ForeignProgram program = stack.program()) {
      Router home = lab.router("home", NatKind.PORT_RESTRICTED);
      Host theirs = home.host("theirs");
      CandidatePair way =
          meet(lab, home.host("ours"), theirs, program, Role.CONTROLLING, Place.CONES);
      assertThat(way.remote().getAddress()).isEqualTo(theirs.address());
    }
  }

  /** RFC 6544: one waits for a connection, the other opens it. */
  @ParameterizedTest(name = "we are {0}, {1}")
  @CsvSource({"CONTROLLING,WE_DIAL", "CONTROLLED,THEY_DIAL"})
  void whereUdpIsBlockedTheyTalkByTcp(Role role, Place place) throws Exception {
    assumeTrue(ForeignStack.LIBNICE.isInstalled(), ForeignStack.LIBNICE.missing());
    try (Lab lab = Lab.open();
        ForeignProgram program = ForeignStack.LIBNICE.program()) {
      Host ours = lab.peer("ours", place.ours());
      Host theirs = lab.peer("theirs", place.theirs());
      CandidatePair way = meet(lab, ours, theirs, program, role, place);
      assertThat(way.local().isTcp()).isTrue();
    }
  }

  @Test
  void ice4jTalks() throws Exception {
    try (Lab lab = Lab.open();
        ForeignProgram program = Ice4jPeer.program()) {
      Host ours = lab.peer("ours", NatKind.PORT_RESTRICTED);
      Host theirs = lab.peer("theirs", NatKind.PORT_RESTRICTED);
      meet(lab, ours, theirs, program, Role.CONTROLLED, Place.CONES);
    }
  }

  /** They say something to each other; the way that we take then. */
  private CandidatePair meet(
      Lab lab, Host ourHost, Host theirHost, ForeignProgram program, Role role, Place place)
      throws Exception {
    Host server = lab.host("server");
    String ip = server.address().getHostAddress();
    try (CulvertTurnServer turn = server.run(() -> CulvertTurnServer.start(data, ip));
        ForeignPeer theirs =
            program.start(theirHost, options(role, place, ip + ":" + turn.port()));
        IcePeer ours = ours(ourHost, role, place, turn, server)) {
      Ice description = theirs.description();
      ours.call(theirs::hear);
      ours.hear(description);
      await().atMost(PATIENCE).until(() -> ours.way().isPresent());
      theirs.connected().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      ours.say("Hello, stranger!");
      assertThat(theirs.heard(PATIENCE)).isEqualTo("Hello, stranger!");
      theirs.say("Hello, friend!");
      assertThat(ours.heard()).isEqualTo("Hello, friend!");
      return ours.way().orElseThrow();
    }
  }

  private static IcePeer ours(
      Host host, Role role, Place place, CulvertTurnServer turn, Host server) throws Exception {
    InetSocketAddress at = new InetSocketAddress(server.address(), turn.port());
    return place == Place.OUR_RELAY
        ? IcePeer.on(
            host,
            role,
            new RelayedPort.Access(
                at, new TurnLogin(CulvertTurnServer.USER, CulvertTurnServer.PASSWORD)))
        : IcePeer.on(host, role, at);
  }

  private static String[] options(Role ours, Place place, String server) {
    List<String> options = new ArrayList<>();
    options.add(ours == Role.CONTROLLING ? "role=controlled" : "role=controlling");
    options.add("stun=" + server);
    if (place == Place.THEIR_RELAY) {
      // aioice takes nothing at its relay but from where it has sent to.
      options.add("turn=" + server);
      options.add("user=" + CulvertTurnServer.USER);
      options.add("password=" + CulvertTurnServer.PASSWORD);
      options.add("only=relay");
    }
    if (place == Place.WE_DIAL || place == Place.THEY_DIAL) {
      options.add("transports=udp+tcp");
    }
    return options.toArray(String[]::new);
  }
}
