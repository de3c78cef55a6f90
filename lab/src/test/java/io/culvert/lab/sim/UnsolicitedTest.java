package io.culvert.lab.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What early packets do, and how a low TTL avoids it. */
class UnsolicitedTest {
  /** Passes the own NAT and dies on the internet. */
  private static final int OPENER = 3;

  private final World world = new World(7);
  private final Mailbox server = Mailbox.at(world, world.host("server"));
  private final Mailbox bob = Mailbox.at(world, world.host("bob"));

  @Test
  void aRouterThatDropsUnsolicitedPacketsTellsNobody() {
    Mailbox alice = behind(NatBehavior.PORT_RESTRICTED);
    InetSocketAddress mapping = alice.mappingTowards(server);
    bob.send("early", mapping);
    assertThat(bob.errors()).isEmpty();
    assertThat(alice.mappingTowards(bob)).isEqualTo(mapping);
  }

  @Test
  void aRouterThatAnswersThemTellsTheSender() {
    Mailbox alice = behind(NatBehavior.PORT_RESTRICTED.answering());
    bob.send("early", alice.mappingTowards(server));
    assertThat(bob.errors()).containsExactly(Icmp.PORT_UNREACHABLE);
    assertThat(alice.texts()).isEmpty();
  }

  @Test
  void aRouterThatAnswersThemThenSendsFromAnotherPort() {
    Mailbox alice = behind(NatBehavior.PORT_RESTRICTED.answering());
    InetSocketAddress mapping = alice.mappingTowards(server);
    bob.send("early", mapping);
    world.runFor(Mailbox.SOON);
    InetSocketAddress moved = alice.mappingTowards(bob);
    assertThat(moved).isNotEqualTo(mapping);
    assertThat(alice.mappingTowards(server)).isEqualTo(mapping);
    bob.send("to where alice is", moved);
    bob.send("to where alice was", mapping);
    assertThat(alice.texts()).containsExactly("to where alice is");
  }

  @Test
  void itForgetsUnsolicitedPacketsInTime() {
    Mailbox alice = behind(NatBehavior.PORT_RESTRICTED.answering());
    InetSocketAddress mapping = alice.mappingTowards(server);
    bob.send("early", mapping);
    world.runFor(Nat.CLAIM.plus(Duration.ofSeconds(1)));
    assertThat(alice.mappingTowards(bob)).isEqualTo(mapping);
  }

  @Test
  void twoAnsweringRoutersMissEachOtherWhenTheFirstPacketComesEarly() {
    Mailbox carol = behind(NatBehavior.PORT_RESTRICTED.answering(), "carol");
    Mailbox alice = behind(NatBehavior.PORT_RESTRICTED.answering(), "alice");
    InetSocketAddress carols = carol.mappingTowards(server);
    InetSocketAddress alices = alice.mappingTowards(server);
    for (int i = 0; i < 20; i++) {
      alice.send("check", carols);
      world.runFor(Mailbox.SOON);
      carol.send("check", alices);
      world.runFor(Mailbox.SOON);
    }
    assertThat(alice.texts()).isEmpty();
    assertThat(carol.texts()).isEmpty();
  }

  @Test
  void twoAnsweringRoutersMeetWhenTheFirstPacketsDieBetweenThem() {
    Mailbox carol = behind(NatBehavior.PORT_RESTRICTED.answering(), "carol");
    Mailbox alice = behind(NatBehavior.PORT_RESTRICTED.answering(), "alice");
    InetSocketAddress carols = carol.mappingTowards(server);
    InetSocketAddress alices = alice.mappingTowards(server);
    alice.send("opener", carols, OPENER);
    world.runFor(Mailbox.SOON);
    carol.send("opener", alices, OPENER);
    world.runFor(Mailbox.SOON);
    alice.send("check", carols);
    carol.send("check", alices);
    assertThat(alice.texts()).containsExactly("check");
    assertThat(carol.texts()).containsExactly("check");
  }

  @Test
  void whoSendsAnOpenerIsToldThatItHasDied() {
    Mailbox alice = behind(NatBehavior.PORT_RESTRICTED);
    alice.send("opener", bob.address(), OPENER);
    assertThat(alice.errors()).containsExactly(Icmp.TTL_EXCEEDED);
    assertThat(bob.texts()).isEmpty();
  }

  @Test
  void anOpenerOpensTheNat() {
    Mailbox alice = behind(NatBehavior.PORT_RESTRICTED);
    InetSocketAddress mapping = alice.mappingTowards(server);
    alice.send("opener", bob.address(), OPENER);
    world.runFor(Mailbox.SOON);
    bob.send("hello", mapping);
    assertThat(alice.texts()).containsExactly("hello");
  }

  @Test
  void aPacketThatDiesAtTheFirstRouterOpensNothing() {
    Mailbox alice = behind(NatBehavior.PORT_RESTRICTED);
    InetSocketAddress mapping = alice.mappingTowards(server);
    alice.send("opener", bob.address(), 1);
    assertThat(alice.errors()).containsExactly(Icmp.TTL_EXCEEDED);
    bob.send("hello", mapping);
    assertThat(alice.texts()).isEmpty();
  }

  private Mailbox behind(NatBehavior nat) {
    return behind(nat, "alice");
  }

  private Mailbox behind(NatBehavior nat, String name) {
    return Mailbox.at(world, world.router(name + "s home", nat).host(name));
  }
}
