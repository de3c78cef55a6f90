package io.culvert.client.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.client.peer.Explanation.Nat;
import io.culvert.client.peer.Explanation.Way;
import io.culvert.traversal.Path;
import io.culvert.traversal.nat.Filtering;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ExplanationTest {
  private static final InetSocketAddress PUBLIC = at("203.0.113.2", 40112);
  private static final InetSocketAddress RELAYED = at("203.0.113.9", 50000);
  private static final Duration TIME = Duration.ofMillis(12);
  private static final Way WORKS =
      new Way(Path.PUBLIC, false, false, PUBLIC, 3, 2, Optional.of(TIME));
  private static final Way DEAD =
      new Way(Path.PUBLIC, false, false, PUBLIC, 5, 0, Optional.empty());
  private static final Way RELAY =
      new Way(Path.RELAY, false, true, RELAYED, 1, 1, Optional.of(Duration.ofMillis(50)));

  @Test
  void aDirectConnectionNeedsNoAdvice() {
    Explanation why =
        new Explanation(
            "bob",
            Optional.of(new PathReport(Path.PUBLIC, false, PUBLIC, TIME)),
            Nat.INDEPENDENT,
            Nat.RANDOM,
            Filtering.ADDRESS_DEPENDENT,
            false,
            List.of(WORKS, RELAY),
            List.of());

    assertThat(why)
        .hasToString(
            """
            bob is connected: direct udp 203.0.113.2:40112, 12 ms.
            The NAT here: one port for all destinations; lets in whom something was sent to.
            The NAT of bob: another port for each destination, any one.
            Tried:
              203.0.113.2:40112, direct: works, 12 ms
              203.0.113.9:50000, through our relay: works, 50 ms\
            """);
  }

  @Test
  void aTcpConnectionIsCalledThat() {
    assertThat(new PathReport(Path.PUBLIC, true, PUBLIC, TIME))
        .hasToString("direct tcp 203.0.113.2:40112, 12 ms");
    assertThat(new PathReport(Path.LOCAL, true, PUBLIC, TIME).toString()).startsWith("local tcp ");
    assertThat(new Way(Path.PUBLIC, true, false, PUBLIC, 3, 2, Optional.of(TIME)))
        .hasToString("203.0.113.2:40112, direct tcp: works, 12 ms");
  }

  @Test
  void twoHardNatsAreToldFromOne() {
    assertThat(relayed(Nat.RANDOM, Nat.SEQUENTIAL).advice())
        .singleElement()
        .asString()
        .startsWith("Both routers give each destination another port");
    assertThat(relayed(Nat.RANDOM, Nat.INDEPENDENT).advice())
        .singleElement()
        .asString()
        .startsWith("The router here gives each destination another port");
    assertThat(relayed(Nat.INDEPENDENT, Nat.RANDOM).advice())
        .singleElement()
        .asString()
        .startsWith("The router of bob gives each destination another port");
    assertThat(relayed(Nat.INDEPENDENT, Nat.INDEPENDENT).advice())
        .singleElement()
        .asString()
        .startsWith("Let a router at either end open ports");
  }

  @Test
  void aRouterThatOpensPortsIsNotAskedToDoSo() {
    for (Nat ours : Nat.values()) {
      for (Nat theirs : Nat.values()) {
        assertThat(relayed(ours, theirs, true).advice())
            .singleElement()
            .asString()
            .startsWith("The router here opens a port")
            .contains("let the router of bob open ports, too");
      }
    }
  }

  @Test
  void whereNothingAnswersUdpIsSuspected() {
    assertThat(relayed(Nat.UNKNOWN, Nat.INDEPENDENT).advice())
        .containsExactly(
            "Nothing comes back over UDP here: a firewall that lets UDP out would help.");
  }

  @Test
  void withoutAnyWayItSaysSo() {
    Explanation why =
        new Explanation(
            "bob",
            Optional.empty(),
            Nat.UNKNOWN,
            Nat.UNKNOWN,
            Filtering.UNKNOWN,
            false,
            List.of(),
            List.of("The relay does not answer."));

    assertThat(why.toString())
        .startsWith("There is no way to bob.\n")
        .contains("\nThe relay does not answer.\nTried: nothing\nWhat would help:\n");
    assertThat(new NoWayException(why))
        .hasMessage(
            "Nothing gets through to bob, neither directly nor through a relay. The relay does not answer.");
  }

  @Test
  void aLongListIsCut() {
    List<Way> many = IntStream.range(0, 15).mapToObj(_ -> DEAD).toList();
    Explanation why =
        new Explanation(
            "bob",
            Optional.empty(),
            Nat.RANDOM,
            Nat.RANDOM,
            Filtering.UNKNOWN,
            false,
            many,
            List.of());

    assertThat(why.toString())
        .containsOnlyOnce("  and 3 more")
        .contains("direct: 5 checks sent, 0 answered");
    assertThat(why.ways()).hasSize(15);
  }

  private static Explanation relayed(Nat ours, Nat theirs) {
    return relayed(ours, theirs, false);
  }

  private static Explanation relayed(Nat ours, Nat theirs, boolean portIsOpen) {
    return new Explanation(
        "bob",
        Optional.of(new PathReport(Path.RELAY, false, RELAYED, TIME)),
        ours,
        theirs,
        Filtering.UNKNOWN,
        portIsOpen,
        List.of(DEAD, RELAY),
        List.of());
  }

  private static InetSocketAddress at(String ip, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(ip), port);
  }
}
