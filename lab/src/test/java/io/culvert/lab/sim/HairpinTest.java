package io.culvert.lab.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HairpinTest {
  private final World world = new World(6);
  private final Mailbox server = Mailbox.at(world, world.host("server"));

  @Test
  void withoutHairpinAnOuterAddressIsNotReachedFromInside() {
    assertThat(meetThrough(NatBehavior.FULL_CONE)).isNull();
  }

  @Test
  void hairpinWithExternalSourceShowsTheOuterAddress() {
    NatBehavior nat = NatBehavior.FULL_CONE.withHairpin(Hairpin.EXTERNAL_SOURCE);
    assertThat(meetThrough(nat)).isEqualTo(alicesOuter);
  }

  @Test
  void hairpinWithInternalSourceShowsTheInnerAddress() {
    NatBehavior nat = NatBehavior.FULL_CONE.withHairpin(Hairpin.INTERNAL_SOURCE);
    assertThat(meetThrough(nat)).isEqualTo(alicesInner);
  }

  @Test
  void aHairpinPassesTheFilterLikeAPacketFromOutside() {
    NatBehavior nat = NatBehavior.PORT_RESTRICTED.withHairpin(Hairpin.EXTERNAL_SOURCE);
    assertThat(meetThrough(nat)).isNull();
    carol.send("opens the filter", alicesOuter);
    alice.send("hello again", carolsOuter);
    assertThat(carol.texts()).containsExactly("hello again");
  }

  private Mailbox alice = server;
  private Mailbox carol = server;
  private InetSocketAddress alicesInner = server.address();
  private InetSocketAddress alicesOuter = server.address();
  private InetSocketAddress carolsOuter = server.address();

  /** From where carol sees alice, or null when she does not. */
  private @Nullable InetSocketAddress meetThrough(NatBehavior nat) {
    Router home = world.router("home", nat);
    alice = Mailbox.at(world, home.host("alice"));
    carol = Mailbox.at(world, home.host("carol"));
    alicesInner = alice.address();
    alicesOuter = alice.mappingTowards(server);
    carolsOuter = carol.mappingTowards(server);
    alice.send("hello", carolsOuter);
    return carol.letters().isEmpty() ? null : carol.letters().getFirst().from();
  }
}
