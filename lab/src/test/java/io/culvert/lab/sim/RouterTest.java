package io.culvert.lab.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class RouterTest {
  private final World world = new World(8);
  private final Mailbox server = Mailbox.at(world, world.host("server"));

  @Test
  void aRebootForgetsAllMappings() {
    Router home = world.router("home", NatBehavior.FULL_CONE);
    Mailbox alice = Mailbox.at(world, home.host("alice"));
    InetSocketAddress mapping = alice.mappingTowards(server);
    home.reboot();
    server.send("too late", mapping);
    assertThat(alice.texts()).isEmpty();
    assertThat(alice.mappingTowards(server)).isEqualTo(mapping);
  }

  @Test
  void aRebootMayChangeTheAddress() {
    Router home = world.router("home", NatBehavior.FULL_CONE);
    Mailbox alice = Mailbox.at(world, home.host("alice"));
    InetSocketAddress before = alice.mappingTowards(server);
    home.rebootWithNewAddresses();
    InetSocketAddress after = alice.mappingTowards(server);
    assertThat(after.getAddress()).isNotEqualTo(before.getAddress());
    server.send("to the old address", before);
    server.send("to the new address", after);
    assertThat(alice.texts()).containsExactly("to the new address");
  }

  @Test
  void whoIsBehindTwoNatsIsSeenFromTheOuterOne() {
    Router operator = operator(NatBehavior.FULL_CONE);
    Router home = operator.router("home", RouterPlan.of(NatBehavior.FULL_CONE));
    Mailbox alice = Mailbox.at(world, home.host("alice"));
    InetSocketAddress mapping = alice.mappingTowards(server);
    assertThat(operator.addresses()).containsExactly(mapping.getAddress());
    assertThat(Prefix.isPrivate(home.addresses().getFirst())).isTrue();
    server.send("answer", mapping);
    assertThat(alice.texts()).containsExactly("answer");
  }

  @Test
  void ofTwoNatsTheStricterOneDecides() {
    Router operator = operator(NatBehavior.SYMMETRIC);
    Router home = operator.router("home", RouterPlan.of(NatBehavior.FULL_CONE));
    Mailbox alice = Mailbox.at(world, home.host("alice"));
    Mailbox other = Mailbox.at(world, world.host("other"));
    assertThat(alice.mappingTowards(server)).isNotEqualTo(alice.mappingTowards(other));
  }

  @Test
  void customersOfOneOperatorMeetThroughItsHairpin() {
    Router operator = operator(NatBehavior.FULL_CONE.withHairpin(Hairpin.EXTERNAL_SOURCE));
    Mailbox alice =
        Mailbox.at(world, operator.router("a", RouterPlan.of(NatBehavior.FULL_CONE)).host("alice"));
    Mailbox bob =
        Mailbox.at(world, operator.router("b", RouterPlan.of(NatBehavior.FULL_CONE)).host("bob"));
    InetSocketAddress bobs = bob.mappingTowards(server);
    alice.send("hello neighbour", bobs);
    assertThat(bob.texts()).containsExactly("hello neighbour");
  }

  @Test
  void anOpenerPassesBothNatsAndDiesBeforeTheOther() {
    Router operator = operator(NatBehavior.PORT_RESTRICTED);
    Router home = operator.router("home", RouterPlan.of(NatBehavior.PORT_RESTRICTED));
    Mailbox alice = Mailbox.at(world, home.host("alice"));
    InetSocketAddress mapping = alice.mappingTowards(server);
    Mailbox bob = Mailbox.at(world, world.host("bob"));
    alice.send("opener", bob.address(), 4);
    assertThat(alice.errors()).containsExactly(Icmp.TTL_EXCEEDED);
    bob.send("hello", mapping);
    assertThat(alice.texts()).containsExactly("hello");
    assertThat(bob.texts()).isEmpty();
  }

  @Test
  void lansMayOverlap() {
    RouterPlan plan = RouterPlan.of(NatBehavior.FULL_CONE).withLan("192.168.1.0/24");
    Mailbox alice = Mailbox.at(world, world.router("a", plan).host("alice"));
    Mailbox bob = Mailbox.at(world, world.router("b", plan).host("bob"));
    assertThat(alice.address().getAddress()).isEqualTo(bob.address().getAddress());
    alice.send("to the other", bob.mappingTowards(server));
    assertThat(bob.texts()).containsExactly("to the other");
  }

  @Test
  void privateAddressesLeadNowhereOnTheInternet() {
    Mailbox alice = Mailbox.at(world, world.router("a", NatBehavior.FULL_CONE).host("alice"));
    Mailbox bob = Mailbox.at(world, world.router("b", NatBehavior.FULL_CONE).host("bob"));
    server.send("hello", bob.address());
    alice.send("hello", bob.address());
    assertThat(bob.texts()).isEmpty();
    assertThat(world.internet().leaks()).isEqualTo(2);
  }

  @Test
  void anIpv6FirewallTranslatesNothingAndLetsInWhoWasSentTo() {
    RouterPlan plan = RouterPlan.of(NatBehavior.SYMMETRIC).withIpv6(NatBehavior.STATEFUL_FIREWALL);
    Mailbox alice = Mailbox.at(world, world.router("a", plan).host("alice"));
    Mailbox bob = Mailbox.at(world, world.router("b", plan).host("bob"));
    InetSocketAddress alices = StunServer.address(alice.socket(), false);
    InetSocketAddress bobs = StunServer.address(bob.socket(), false);
    alice.send("unsolicited", bobs);
    assertThat(bob.texts()).isEmpty();
    bob.send("now expected", alices);
    assertThat(alice.letters()).containsExactly(new Mailbox.Letter("now expected", bobs));
    alice.send("answer", bobs);
    assertThat(bob.letters()).containsExactly(new Mailbox.Letter("answer", alices));
  }

  @Test
  void openIpv6LetsEverybodyInThroughTwoRouters() {
    Router operator =
        world.router("operator", RouterPlan.of(NatBehavior.SYMMETRIC).withIpv6(NatBehavior.OPEN));
    Router home =
        operator.router("home", RouterPlan.of(NatBehavior.SYMMETRIC).withIpv6(NatBehavior.OPEN));
    Mailbox alice = Mailbox.at(world, home.host("alice"));
    server.send("hello", StunServer.address(alice.socket(), false));
    assertThat(alice.texts()).containsExactly("hello");
  }

  @Test
  void blackholedIpv6CarriesNothing() {
    RouterPlan plan =
        RouterPlan.of(NatBehavior.FULL_CONE).withIpv6(NatBehavior.UDP_BLOCKED_FIREWALL);
    Mailbox alice = Mailbox.at(world, world.router("a", plan).host("alice"));
    alice.send("hello", StunServer.address(server.socket(), false));
    assertThat(server.texts()).isEmpty();
  }

  @Test
  void aLanNeedsNoRouterWithinItself() {
    Router home = world.router("home", NatBehavior.UDP_BLOCKED);
    Mailbox alice = Mailbox.at(world, home.host("alice"));
    Mailbox carol = Mailbox.at(world, home.host("carol"));
    alice.send("hello", carol.address());
    assertThat(carol.letters()).containsExactly(new Mailbox.Letter("hello", alice.address()));
  }

  @Test
  void portUnreachableReachesASenderBehindANat() {
    Mailbox alice = Mailbox.at(world, world.router("a", NatBehavior.PORT_RESTRICTED).host("alice"));
    InetAddress address = server.address().getAddress();
    alice.send("anybody?", new InetSocketAddress(address, 9));
    assertThat(alice.errors()).isEqualTo(List.of(Icmp.PORT_UNREACHABLE));
  }

  @Test
  void portUnreachableComesFromAHostBehindANat() {
    Mailbox alice = Mailbox.at(world, world.router("a", NatBehavior.FULL_CONE).host("alice"));
    InetSocketAddress mapping = alice.mappingTowards(server);
    alice.socket().close();
    server.send("still there?", mapping);
    assertThat(server.errors()).containsExactly(Icmp.PORT_UNREACHABLE);
  }

  @Test
  void theRouterItselfHasNoPorts() {
    Router home = world.router("a", NatBehavior.FULL_CONE);
    Mailbox alice = Mailbox.at(world, home.host("alice"));
    alice.send("hello", new InetSocketAddress(InetAddress.ofLiteral("192.168.1.1"), 5351));
    assertThat(alice.errors()).containsExactly(Icmp.PORT_UNREACHABLE);
    assertThat(world.internet().leaks()).isZero();
  }

  @Test
  void aRouterThatWouldTranslateNothingIsRefused() {
    assertThatThrownBy(() -> RouterPlan.of(NatBehavior.OPEN)).hasMessageContaining("private LAN");
  }

  private Router operator(NatBehavior nat) {
    return world.router("operator", RouterPlan.of(nat).withLan("100.64.0.0/10"));
  }
}
