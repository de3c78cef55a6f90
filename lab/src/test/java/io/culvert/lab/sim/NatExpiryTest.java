package io.culvert.lab.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.lab.net.NatKind.Filtering;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class NatExpiryTest {
  private static final Duration IDLE = Duration.ofSeconds(30);
  private static final Duration ALMOST = IDLE.minusSeconds(2);

  private final World world = new World(3);
  private final Mailbox server = Mailbox.at(world, world.host("server"));
  private final Mailbox other = Mailbox.at(world, world.host("other"));

  @Test
  void aMappingLastsWhileItIsUsed() {
    Mailbox alice = behind(Expiry.after(IDLE));
    InetSocketAddress mapping = alice.mappingTowards(server);
    for (int i = 0; i < 10; i++) {
      world.runFor(ALMOST);
      assertThat(alice.mappingTowards(server)).isEqualTo(mapping);
    }
  }

  @Test
  void aSilentMappingIsForgotten() {
    Mailbox alice = behind(Expiry.after(IDLE));
    InetSocketAddress mapping = alice.mappingTowards(server);
    world.runFor(IDLE);
    server.send("too late", mapping);
    assertThat(alice.texts()).isEmpty();
    assertThat(alice.mappingTowards(server)).isNotEqualTo(mapping);
  }

  @Test
  void whatComesInKeepsAMappingWhereThatCounts() {
    Mailbox alice = behind(Expiry.after(IDLE));
    InetSocketAddress mapping = alice.mappingTowards(server);
    for (int i = 0; i < 5; i++) {
      world.runFor(ALMOST);
      server.send("still there?", mapping);
    }
    assertThat(alice.texts()).hasSize(5);
  }

  @Test
  void whatComesInKeepsNoMappingWhereThatDoesNotCount() {
    Mailbox alice = behind(Expiry.after(IDLE).refreshedByOutboundOnly());
    InetSocketAddress mapping = alice.mappingTowards(server);
    for (int i = 0; i < 5; i++) {
      world.runFor(ALMOST);
      server.send("still there?", mapping);
    }
    assertThat(alice.texts()).hasSize(1);
  }

  @Test
  void aMappingWithAnAbsoluteLifetimeEndsThoughItIsUsed() {
    Mailbox alice = behind(Expiry.after(IDLE).withLifetime(Duration.ofSeconds(60)));
    InetSocketAddress mapping = alice.mappingTowards(server);
    world.runFor(ALMOST);
    assertThat(alice.mappingTowards(server)).isEqualTo(mapping);
    world.runFor(ALMOST);
    assertThat(alice.mappingTowards(server)).isEqualTo(mapping);
    world.runFor(Duration.ofSeconds(5));
    assertThat(alice.mappingTowards(server)).isNotEqualTo(mapping);
  }

  @Test
  void aPermissionEndsThoughItsMappingIsKeptByOthers() {
    Mailbox alice = behind(Expiry.after(IDLE));
    InetSocketAddress mapping = alice.mappingTowards(server);
    world.runFor(ALMOST);
    assertThat(alice.mappingTowards(other)).isEqualTo(mapping);
    world.runFor(ALMOST);
    server.send("too late", mapping);
    other.send("in time", mapping);
    assertThat(alice.texts()).containsExactly("in time");
  }

  private Mailbox behind(Expiry expiry) {
    NatBehavior nat =
        NatBehavior.PORT_RESTRICTED
            .withFiltering(Filtering.ADDRESS_AND_PORT_DEPENDENT)
            .withPorts(new PortAllocation.Random())
            .withExpiry(expiry);
    return Mailbox.at(world, world.router("home", nat).host("alice"));
  }
}
