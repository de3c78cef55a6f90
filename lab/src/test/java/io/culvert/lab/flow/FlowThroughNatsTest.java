package io.culvert.lab.flow;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.Link;
import io.culvert.client.flow.FlowConnection;
import io.culvert.lab.AccountServer;
import io.culvert.lab.Arrivals;
import io.culvert.lab.NatPairs;
import io.culvert.lab.Stranger;
import io.culvert.lab.Talk;
import io.culvert.lab.flow.Meeting.Connected;
import io.culvert.lab.junit.InLab;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.Lab;
import io.culvert.lab.net.NatKind;
import io.culvert.lab.net.Router;
import io.culvert.traversal.Path;
import java.net.InetAddress;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@InLab
class FlowThroughNatsTest {
  private static final String LAN = "10.0.0.0/24";

  /** Of all servers here: a password's hash takes its time. */
  @TempDir private static java.nio.file.Path data;

  @BeforeAll
  static void thereAreAccounts() throws Exception {
    AccountServer.prepare(data, "alice", "bob");
  }

  static Stream<Arguments> pairsThatConnect() {
    return NatPairs.thatConnect(NatPairs.CONES);
  }

  @ParameterizedTest(name = "{0} calls {1}")
  @MethodSource("pairsThatConnect")
  void connectsPublicly(NatKind caller, NatKind callee) throws Exception {
    try (Lab lab = Lab.open()) {
      Host alice = lab.peer("alice", caller);
      Host bob = lab.peer("bob", callee);
      try (Meeting meeting = Meeting.of(lab, data, alice, bob);
          Connected connected = meeting.connect()) {
        assertThat(connected.areStreams()).isTrue();
        assertThat(connected.toBob().path()).isEqualTo(Path.PUBLIC);
        assertThat(connected.toAlice().path()).isEqualTo(Path.PUBLIC);
        assertThat(addressOf(connected.toBob())).isEqualTo(bob.publicAddress());
        assertThat(addressOf(connected.toAlice())).isEqualTo(alice.publicAddress());
      }
    }
  }

  static Stream<Arguments> pairsThatCannot() {
    return NatPairs.thatCannot();
  }

  @Execution(CONCURRENT)
  @ParameterizedTest(name = "{0} calls {1}")
  @MethodSource("pairsThatCannot")
  void whereNothingGetsThroughTheyTalkThroughTheRelay(NatKind caller, NatKind callee)
      throws Exception {
    try (Lab lab = Lab.open();
        Meeting meeting =
            Meeting.of(lab, data, lab.peer("alice", caller), lab.peer("bob", callee));
        Connected connected = meeting.connect()) {
      assertThat(List.of(connected.alices(), connected.bobs()))
          .allSatisfy(FlowThroughNatsTest::isRelayed);
      assertThat(addressOf(connected.toBob())).isEqualTo(meeting.server().address());
    }
  }

  private static void isRelayed(FlowConnection connection) {
    assertThat(connection)
        .isInstanceOfSatisfying(
            FlowConnection.Datagrams.class,
            datagrams ->
                assertThat(datagrams.whyNotReliable()).startsWith("Nothing gets through to "));
    assertThat(connection.link().kind()).isEqualTo(Link.Kind.DATAGRAMS);
    assertThat(connection.link().path()).isEqualTo(Path.RELAY);
  }

  /** One relay is enough: the other peer sends to it, and is heard there. */
  @Test
  @Execution(CONCURRENT)
  void aPeerWhoseRelayIsFullIsReachedThroughTheOthers() throws Exception {
    try (Lab lab = Lab.open();
        Meeting meeting =
            Meeting.of(
                lab,
                data,
                lab.peer("alice", NatKind.SYMMETRIC),
                lab.peer("bob", NatKind.SYMMETRIC),
                Person.Manner.TAKES_CALLS,
                "turn.max-allocations=1");
        Connected connected = meeting.connect()) {
      isRelayed(connected.alices());
      isRelayed(connected.bobs());
    }
  }

  @Test
  @Execution(CONCURRENT)
  void whereThereIsNoRelayItFailsAndSaysWhyOnBothSides() throws Exception {
    try (Lab lab = Lab.open();
        Meeting meeting =
            Meeting.of(
                lab,
                data,
                lab.peer("alice", NatKind.SYMMETRIC),
                lab.peer("bob", NatKind.SYMMETRIC),
                Person.Manner.TAKES_CALLS,
                "turn.enabled=false")) {
      assertThatExceptionOfType(CulvertException.class)
          .isThrownBy(() -> meeting.alice().call(meeting.bob()))
          .satisfies(FlowThroughNatsTest::saysWhy);
      assertThat(meeting.bob().failures.next())
          .isInstanceOfSatisfying(CulvertException.class, FlowThroughNatsTest::saysWhy);
    }
  }

  private static void saysWhy(CulvertException why) {
    assertThat(why.reason()).as(why.toString()).isEqualTo(Reason.NOT_PUNCHED);
    assertThat(why).hasMessageContaining("symmetric NAT");
  }

  static Stream<NatKind> homes() {
    return Stream.of(NatKind.PORT_RESTRICTED, NatKind.FULL_CONE.withHairpin());
  }

  @ParameterizedTest(name = "behind a {0} router")
  @MethodSource("homes")
  void twoPeersInOneLanConnectByTheirLocalAddresses(NatKind kind) throws Exception {
    try (Lab lab = Lab.open()) {
      Router home = lab.router("home", kind);
      Host alice = home.host("alice");
      Host bob = home.host("bob");
      try (Meeting meeting = Meeting.of(lab, data, alice, bob);
          Connected connected = meeting.connect()) {
        assertThat(connected.areStreams()).isTrue();
        assertThat(connected.toBob().path()).isEqualTo(Path.LOCAL);
        assertThat(connected.toAlice().path()).isEqualTo(Path.LOCAL);
        assertThat(addressOf(connected.toBob())).isEqualTo(bob.address());
      }
    }
  }

  @Test
  void twoLansWithTheSameAddressesConnectPubliclyThoughEachTriesTheStrangerFirst()
      throws Exception {
    try (Lab lab = Lab.open()) {
      Router alices = lab.router("alices-home", NatKind.PORT_RESTRICTED, LAN);
      Router bobs = lab.router("bobs-home", NatKind.PORT_RESTRICTED, LAN);
      Host alice = alices.host("alice", "10.0.0.10");
      Host bob = bobs.host("bob", "10.0.0.20");
      Host bobsDouble = alices.host("stranger", "10.0.0.20");
      Host alicesDouble = bobs.host("stranger", "10.0.0.10");
      try (Stranger nearAlice = Stranger.onEveryPortOf(bobsDouble, Stranger.Manner.TALKS_NONSENSE);
          Stranger nearBob = Stranger.onEveryPortOf(alicesDouble, Stranger.Manner.SAYS_NOTHING);
          Meeting meeting = Meeting.of(lab, data, alice, bob);
          Connected connected = meeting.connect()) {
        assertThat(connected.toBob().path()).isEqualTo(Path.PUBLIC);
        assertThat(connected.toAlice().path()).isEqualTo(Path.PUBLIC);
        assertThat(addressOf(connected.toBob())).isEqualTo(bob.publicAddress());
        assertThat(nearAlice.visits()).isPositive();
        assertThat(nearBob.visits()).isPositive();
      }
    }
  }

  static Stream<Arguments> udpBlockers() {
    return Stream.of(
        Arguments.of(NatKind.UDP_BLOCKED, NatKind.UDP_BLOCKED),
        Arguments.of(NatKind.PORT_RESTRICTED, NatKind.UDP_BLOCKED));
  }

  @Execution(CONCURRENT)
  @ParameterizedTest(name = "{0} calls {1}")
  @MethodSource("udpBlockers")
  void whereNoUdpPassesThereIsAStreamAllTheSame(NatKind caller, NatKind callee) throws Exception {
    try (Lab lab = Lab.open();
        Meeting meeting =
            Meeting.of(lab, data, lab.peer("alice", caller), lab.peer("bob", callee));
        Connected connected = meeting.connect()) {
      assertThat(connected.areStreams()).isTrue();
      assertThat(connected.toBob().path()).isEqualTo(Path.PUBLIC);
    }
  }

  @Test
  @Execution(CONCURRENT)
  void whereTcpPassesOnlyToTheServerThereAreDatagrams() throws Exception {
    try (Lab lab = Lab.open()) {
      Router alices = lab.router("alices-home", NatKind.PORT_RESTRICTED);
      Router bobs = lab.router("bobs-home", NatKind.PORT_RESTRICTED);
      blockTcpBetween(alices, bobs);
      try (Meeting meeting = Meeting.of(lab, data, alices.host("alice"), bobs.host("bob"));
          Connected connected = meeting.connect()) {
        assertThat(List.of(connected.alices(), connected.bobs()))
            .allSatisfy(connection ->
                assertThat(connection)
                    .isInstanceOfSatisfying(
                        FlowConnection.Datagrams.class,
                        datagrams ->
                            assertThat(datagrams.whyNotReliable())
                                .startsWith("Nothing got through to ")));
        assertThat(connected.toBob().kind()).isEqualTo(Link.Kind.DATAGRAMS);
        assertThat(connected.toBob().path()).isEqualTo(Path.PUBLIC);
        assertThat(connected.toAlice().path()).isEqualTo(Path.PUBLIC);
      }
    }
  }

  @Test
  @Execution(CONCURRENT)
  void whatGoesThroughTheRelayMovesToABetterPathThatOpens() throws Exception {
    try (Lab lab = Lab.open()) {
      Router alices = lab.router("alices-home", NatKind.PORT_RESTRICTED);
      Router bobs = lab.router("bobs-home", NatKind.PORT_RESTRICTED);
      block("{ tcp, udp }", alices, bobs);
      try (Meeting meeting = Meeting.of(lab, data, alices.host("alice"), bobs.host("bob"));
          Connected connected = meeting.connect()) {
        isRelayed(connected.alices());
        isRelayed(connected.bobs());
        Arrivals<Path> alicesPaths = pathsOf(connected.toBob());
        Arrivals<Path> bobsPaths = pathsOf(connected.toAlice());

        nft(alices, "delete table ip blocked");

        assertThat(alicesPaths.next()).isEqualTo(Path.PUBLIC);
        assertThat(bobsPaths.next()).isEqualTo(Path.PUBLIC);
        Talk.works(connected.toBob(), connected.toAlice());
        assertThat(addressOf(connected.toBob())).isEqualTo(bobs.address());
      }
    }
  }

  @Test
  @Execution(CONCURRENT)
  void theRelayCarriesOnWhenTheDirectPathDies() throws Exception {
    try (Lab lab = Lab.open()) {
      Router alices = lab.router("alices-home", NatKind.PORT_RESTRICTED);
      Router bobs = lab.router("bobs-home", NatKind.PORT_RESTRICTED);
      block("tcp", alices, bobs);
      try (Meeting meeting = Meeting.of(lab, data, alices.host("alice"), bobs.host("bob"));
          Connected connected = meeting.connect()) {
        assertThat(connected.toBob().path()).isEqualTo(Path.PUBLIC);
        Arrivals<Path> alicesPaths = pathsOf(connected.toBob());
        Arrivals<Path> bobsPaths = pathsOf(connected.toAlice());

        nft(alices, "delete table ip blocked");
        block("{ tcp, udp }", alices, bobs);

        assertThat(alicesPaths.next()).isEqualTo(Path.RELAY);
        assertThat(bobsPaths.next()).isEqualTo(Path.RELAY);
        Talk.works(connected.toBob(), connected.toAlice());
      }
    }
  }

  private static Arrivals<Path> pathsOf(Link link) {
    Arrivals<Path> paths = new Arrivals<>("path");
    link.whenMoved(paths::add);
    return paths;
  }

  private static void blockTcpBetween(Router one, Router other) throws Exception {
    block("tcp", one, other);
  }

  private static void block(String protocols, Router one, Router other) throws Exception {
    nft(
        one,
        ("table ip blocked { chain forward { type filter hook forward priority filter - 1;"
                + " meta l4proto %2$s ip saddr %1$s drop; meta l4proto %2$s ip daddr %1$s drop; };"
                + " }")
            .formatted(other.address().getHostAddress(), protocols));
  }

  private static void nft(Router router, String command) throws Exception {
    Process nft = router.start("nft", command);
    assertThat(nft.waitFor()).as(new String(nft.getErrorStream().readAllBytes(), UTF_8)).isZero();
  }

  private static InetAddress addressOf(Link link) {
    return link.remote().getAddress();
  }
}
