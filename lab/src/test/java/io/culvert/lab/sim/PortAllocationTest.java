package io.culvert.lab.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PortAllocationTest {
  private final World world = new World(5);
  private final Host server = world.host("server");

  @Test
  void aPreservedPortGoesToWhoCameFirst() {
    Router home = world.router("home", NatBehavior.PORT_RESTRICTED);
    Mailbox server = Mailbox.at(world, this.server);
    Mailbox alice = Mailbox.at(world, home.host("alice"), 5000);
    Mailbox carol = Mailbox.at(world, home.host("carol"), 5000);
    assertThat(alice.mappingTowards(server).getPort()).isEqualTo(5000);
    assertThat(carol.mappingTowards(server).getPort()).isNotEqualTo(5000);
  }

  @Test
  void aSequenceGoesOnByItsDeltaForEveryMappingOfTheRouter() {
    Router home = router(new PortAllocation.Sequential(3));
    List<Integer> ports = ports(Mailbox.at(world, home.host("alice")), 20);
    ports.addAll(ports(Mailbox.at(world, home.host("carol")), 20));
    assertThat(IntStream.range(1, ports.size()).map(i -> ports.get(i) - ports.get(i - 1)))
        .containsOnly(3);
  }

  @Test
  void aSequenceBeginsAgainAtTheLowestPort() {
    Router home = router(new PortAllocation.Sequential(16_000));
    assertThat(ports(Mailbox.at(world, home.host("alice")), 30))
        .doesNotHaveDuplicates()
        .allMatch(port -> port >= PortPool.FIRST && port <= 65535);
  }

  @Test
  void randomPortsAreAllOver() {
    List<Integer> ports =
        ports(Mailbox.at(world, router(new PortAllocation.Random()).host("alice")), 200);
    assertThat(ports).doesNotHaveDuplicates();
    assertThat(ports).anyMatch(port -> port < 10_000).anyMatch(port -> port > 56_000);
  }

  @Test
  void theMappingsOfOneHostAreInOneBlock() {
    Router home = router(new PortAllocation.Block(512));
    Set<Integer> alices = blocks(ports(Mailbox.at(world, home.host("alice")), 200));
    Set<Integer> carols = blocks(ports(Mailbox.at(world, home.host("carol")), 200));
    assertThat(alices).hasSize(1);
    assertThat(carols).hasSize(1).isNotEqualTo(alices);
  }

  @Test
  void aHostWhoseBlockIsFullGetsAnother() {
    Router home = router(new PortAllocation.Block(8));
    assertThat(ports(Mailbox.at(world, home.host("alice")), 20)).doesNotHaveDuplicates();
  }

  @Test
  void pairedPoolingGivesAHostAlwaysTheSameAddress() {
    Router home = pool(Pooling.PAIRED);
    Set<InetAddress> addresses = new HashSet<>();
    for (int i = 0; i < 12; i++) {
      Set<InetAddress> ofOne = addresses(Mailbox.at(world, home.host("host" + i)), 12);
      assertThat(ofOne).hasSize(1);
      addresses.addAll(ofOne);
    }
    assertThat(addresses).hasSizeGreaterThan(1).isSubsetOf(home.addresses());
  }

  @Test
  void arbitraryPoolingGivesAHostAnyAddress() {
    Router home = pool(Pooling.ARBITRARY);
    assertThat(addresses(Mailbox.at(world, home.host("alice")), 40))
        .containsExactlyInAnyOrderElementsOf(home.addresses());
  }

  @Test
  void aFullTableTakesNoNewFlowsAndKeepsTheOldOnes() {
    Router home = world.router("home", NatBehavior.PORT_RESTRICTED.withTable(10));
    Mailbox alice = Mailbox.at(world, home.host("alice"));
    List<Mailbox> servers =
        IntStream.range(0, 15).mapToObj(_ -> Mailbox.at(world, server)).toList();
    servers.forEach(each -> alice.send("hello", each.address()));
    assertThat(servers.stream().filter(each -> !each.texts().isEmpty())).hasSize(10);
    assertThat(home.liveFlows()).isEqualTo(10);
    assertThat(home.counts().refused()).isEqualTo(5);
    servers.getFirst().clear();
    alice.send("again", servers.getFirst().address());
    assertThat(servers.getFirst().texts()).containsExactly("again");
  }

  @Test
  void aFullTableTakesNewFlowsWhenOldOnesHaveExpired() {
    Router home = world.router("home", NatBehavior.PORT_RESTRICTED.withTable(1));
    Mailbox alice = Mailbox.at(world, home.host("alice"));
    Mailbox one = Mailbox.at(world, server);
    Mailbox two = Mailbox.at(world, server);
    alice.send("hello", one.address());
    world.runFor(Expiry.USUAL.idle());
    alice.send("hello", two.address());
    assertThat(two.texts()).containsExactly("hello");
  }

  private Router router(PortAllocation ports) {
    return world.router("home", NatBehavior.SYMMETRIC.withPorts(ports));
  }

  private Router pool(Pooling pooling) {
    return world.router(
        "home", RouterPlan.of(NatBehavior.SYMMETRIC.withPooling(pooling)).withAddresses(4));
  }

  /** Those of the mappings towards that many destinations. */
  private List<Integer> ports(Mailbox alice, int count) {
    return new ArrayList<>(
        mappings(alice, count).stream().map(InetSocketAddress::getPort).toList());
  }

  private Set<InetAddress> addresses(Mailbox alice, int count) {
    return new HashSet<>(
        mappings(alice, count).stream().map(InetSocketAddress::getAddress).toList());
  }

  private List<InetSocketAddress> mappings(Mailbox alice, int count) {
    return IntStream.range(0, count)
        .mapToObj(_ -> alice.mappingTowards(Mailbox.at(world, server)))
        .toList();
  }

  private static Set<Integer> blocks(List<Integer> ports) {
    return new HashSet<>(ports.stream().map(port -> (port - PortPool.FIRST) / 512).toList());
  }
}
