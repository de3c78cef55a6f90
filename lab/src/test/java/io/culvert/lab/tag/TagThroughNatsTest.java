package io.culvert.lab.tag;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.Link;
import io.culvert.client.tag.TagConnection;
import io.culvert.lab.NatPairs;
import io.culvert.lab.Stranger;
import io.culvert.lab.Talk;
import io.culvert.lab.junit.InLab;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.Lab;
import io.culvert.lab.net.NatKind;
import io.culvert.lab.net.Router;
import io.culvert.lab.tag.Meeting.Connected;
import io.culvert.traversal.Path;
import java.net.InetAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@InLab
class TagThroughNatsTest {
  private static final String LAN = "10.0.0.0/24";

  /** Longer than the 15 s between two heartbeats. */
  private static final int ROUTERS_MEMORY_SECONDS = 18;

  private static final Duration LONGER_THAN_A_ROUTER_REMEMBERS = Duration.ofSeconds(20);

  static Stream<Arguments> pairsThatConnect() {
    return NatPairs.thatConnect(NatPairs.CONES);
  }

  @ParameterizedTest(name = "{0} dials {1}")
  @MethodSource("pairsThatConnect")
  void connectsPublicly(NatKind caller, NatKind callee) throws Exception {
    try (Lab lab = Lab.open()) {
      Host alice = lab.peer("alice", caller);
      Host bob = lab.peer("bob", callee);
      try (Meeting meeting = Meeting.of(lab, alice, bob);
          Connected connected = meeting.connect()) {
        assertThat(keyOf(connected.alices())).isEqualTo(keyOf(connected.bobs()));
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
  @ParameterizedTest(name = "{0} dials {1}")
  @MethodSource("pairsThatCannot")
  void failsAndSaysWhy(NatKind caller, NatKind callee) throws Exception {
    try (Lab lab = Lab.open()) {
      Host alice = lab.peer("alice", caller);
      Host bob = lab.peer("bob", callee);
      try (Meeting meeting = Meeting.of(lab, alice, bob)) {
        assertThatExceptionOfType(CulvertException.class)
            .isThrownBy(() -> meeting.alice().dial(meeting.bob().tag()))
            .satisfies(why -> assertThat(why.reason()).isEqualTo(Reason.NOT_PUNCHED))
            .withMessageContaining("symmetric NAT");
        assertThat(meeting.bob().failures.next())
            .satisfies(why -> assertThat(why.reason()).isEqualTo(Reason.NOT_PUNCHED))
            .hasMessageContaining("symmetric NAT");
      }
    }
  }

  @Test
  @Execution(CONCURRENT)
  void whoeverIsBehindARouterThatBlocksUdpCannotRegister() throws Exception {
    try (Lab lab = Lab.open()) {
      Host server = lab.host("server");
      Host alice = lab.peer("alice", NatKind.UDP_BLOCKED);
      try (RunningServer rendezvous = server.run(() -> RunningServer.at(server.address()))) {
        assertThatExceptionOfType(CulvertException.class)
            .isThrownBy(() -> alice.run(() -> Guest.registered(rendezvous.address())))
            .satisfies(why -> assertThat(why.reason()).isEqualTo(Reason.SERVER_UNREACHABLE))
            .withMessage(
                "The server %s:%d does not answer.",
                server.address().getHostAddress(), rendezvous.address().getPort());
      }
    }
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
      try (Meeting meeting = Meeting.of(lab, alice, bob);
          Connected connected = meeting.connect()) {
        assertThat(keyOf(connected.alices())).isEqualTo(keyOf(connected.bobs()));
        assertThat(connected.toBob().path()).isEqualTo(Path.LOCAL);
        assertThat(connected.toAlice().path()).isEqualTo(Path.LOCAL);
        assertThat(addressOf(connected.toBob())).isEqualTo(bob.address());
      }
    }
  }

  @Test
  void twoLansWithTheSameAddressesConnectPubliclyAndNeverToAStranger() throws Exception {
    try (Lab lab = Lab.open()) {
      Router alices = lab.router("alices-home", NatKind.PORT_RESTRICTED, LAN);
      Router bobs = lab.router("bobs-home", NatKind.PORT_RESTRICTED, LAN);
      // The server sees two networks, and tells nobody a private address of the other's.
      assertThat(visitsToStrangers(lab, alices, bobs)).isEqualTo(new Visits(false, false));
    }
  }

  @Test
  @Execution(CONCURRENT)
  void twoSuchLansBehindOneCarrierDoTooThoughEachTriesTheStrangerFirst() throws Exception {
    try (Lab lab = Lab.open()) {
      Router carrier = lab.router("carrier", NatKind.FULL_CONE.withHairpin());
      Router alices = carrier.router("alices-home", NatKind.PORT_RESTRICTED, LAN);
      Router bobs = carrier.router("bobs-home", NatKind.PORT_RESTRICTED, LAN);
      assertThat(visitsToStrangers(lab, alices, bobs)).isEqualTo(new Visits(true, true));
    }
  }

  /** Whether there were visits to who has bob's address near alice, and alice's near bob. */
  private record Visits(boolean nearAlice, boolean nearBob) {}

  private static Visits visitsToStrangers(Lab lab, Router alices, Router bobs) throws Exception {
    Host alice = alices.host("alice", "10.0.0.10");
    Host bob = bobs.host("bob", "10.0.0.20");
    Host bobsDouble = alices.host("stranger", "10.0.0.20");
    Host alicesDouble = bobs.host("stranger", "10.0.0.10");
    try (UdpStranger nearAlice = UdpStranger.onEveryPortOf(bobsDouble);
        Stranger nearBob = Stranger.onEveryPortOf(alicesDouble, Stranger.Manner.TALKS_NONSENSE);
        Meeting meeting = Meeting.of(lab, alice, bob);
        Connected connected = meeting.connect()) {
      assertThat(connected.alices()).hasSameClassAs(connected.bobs());
      assertThat(connected.toBob().path()).isEqualTo(Path.PUBLIC);
      assertThat(addressOf(connected.toBob())).isEqualTo(bob.publicAddress());
      return new Visits(nearAlice.visits() > 0, nearBob.visits() > 0);
    }
  }

  @Test
  @Execution(CONCURRENT)
  void whereOnlyUdpPassesTheHoleIsTheConnectionAndStaysOpen() throws Exception {
    try (Lab lab = Lab.open()) {
      Router alices = lab.router("alices-home", NatKind.TCP_BLOCKED);
      Router bobs = lab.router("bobs-home", NatKind.TCP_BLOCKED);
      forgetUdpSoon(alices);
      forgetUdpSoon(bobs);
      try (Meeting meeting = Meeting.of(lab, alices.host("alice"), bobs.host("bob"));
          Connected connected = meeting.connect()) {
        assertThat(List.of(connected.alices(), connected.bobs()))
            .allSatisfy(connection ->
                assertThat(connection)
                    .isInstanceOfSatisfying(
                        TagConnection.Udp.class,
                        udp -> assertThat(udp.whyNotTcp()).startsWith("Nothing got through to ")));
        assertThat(connected.toBob().kind()).isEqualTo(Link.Kind.DATAGRAMS);
        assertThat(connected.toBob().path()).isEqualTo(Path.PUBLIC);

        letTimePass(LONGER_THAN_A_ROUTER_REMEMBERS);
        Talk.works(connected.toAlice(), connected.toBob());
      }
    }
  }

  /** What is tested is that nothing happens: there is no event to wait for. */
  private static void letTimePass(Duration time) {
    await().pollDelay(time).atMost(time.multipliedBy(2)).until(() -> true);
  }

  private static void forgetUdpSoon(Router router) throws Exception {
    router.run(() -> {
      for (String timeout :
          List.of("nf_conntrack_udp_timeout", "nf_conntrack_udp_timeout_stream")) {
        Files.writeString(
            java.nio.file.Path.of("/proc/sys/net/netfilter", timeout),
            String.valueOf(ROUTERS_MEMORY_SECONDS));
      }
    });
  }

  @Test
  void severalCallersReachOneCalleeAtOnce() throws Exception {
    try (Lab lab = Lab.open()) {
      Host alice = lab.peer("alice", NatKind.PORT_RESTRICTED);
      Host bob = lab.peer("bob", NatKind.PORT_RESTRICTED);
      try (Meeting meeting = Meeting.of(lab, alice, bob)) {
        List<Guest> callers = new ArrayList<>(List.of(meeting.alice()));
        Router home = lab.router("home", NatKind.FULL_CONE);
        for (Host host : List.of(home.host("carol"), home.host("dave"), lab.host("erin"))) {
          callers.add(host.run(() -> Guest.registered(meeting.rendezvous().address())));
        }
        List<CompletableFuture<TagConnection>> dials =
            callers.stream()
                .map(caller ->
                    caller.client().dialAsync(meeting.bob().tag(), Duration.ofSeconds(10)))
                .toList();
        for (CompletableFuture<TagConnection> dial : dials) {
          Link toBob = dial.get(30, TimeUnit.SECONDS).link();
          toBob.send(toBob.toString().getBytes(UTF_8));
        }
        for (int i = 0; i < dials.size(); i++) {
          Link toCaller = meeting.bob().connections.next().link();
          toCaller.send(Objects.requireNonNull(toCaller.receive()));
        }
        for (CompletableFuture<TagConnection> dial : dials) {
          try (Link toBob = dial.join().link()) {
            assertThat(toBob.receive()).asString(UTF_8).isEqualTo(toBob.toString());
          }
        }
        callers.forEach(Guest::close);
      }
    }
  }

  private static String keyOf(TagConnection connection) {
    assertThat(connection).isInstanceOf(TagConnection.Tcp.class);
    return ((TagConnection.Tcp) connection).key();
  }

  private static InetAddress addressOf(Link link) {
    return link.remote().getAddress();
  }
}
