package io.culvert.server.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.wire.stun.AddressFamily;
import io.culvert.wire.stun.StunAttribute;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TurnAttribute.AdditionalAddressFamily;
import io.culvert.wire.stun.TurnAttribute.Lifetime;
import io.culvert.wire.stun.TurnAttribute.RequestedAddressFamily;
import io.culvert.wire.stun.TurnAttribute.RequestedTransport;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RefreshTest {
  private static final StunAttribute UDP = new RequestedTransport(17);
  private static final StunAttribute IPV4 = new RequestedAddressFamily(AddressFamily.IPV4);
  private static final StunAttribute IPV6 = new RequestedAddressFamily(AddressFamily.IPV6);

  private final TurnOnPaper server = new TurnOnPaper();
  private final PaperClient client = server.client();

  @AfterEach
  void nothingIsLeft() {
    server.close();
  }

  @Test
  void anAllocationLivesAsLongAsItIsRefreshed() {
    client.done(StunMessage.ALLOCATE, UDP);
    for (int i = 0; i < 10; i++) {
      server.pass(Duration.ofSeconds(599));
      assertThat(client.done(StunMessage.REFRESH).first(Lifetime.class))
          .contains(new Lifetime(600));
    }
    server.pass(Duration.ofSeconds(599));
    assertThat(server.openPorts()).isOne();
    server.pass(Duration.ofSeconds(1));
    assertThat(server.openPorts()).isZero();
    assertThat(client.refused(StunMessage.REFRESH)).isEqualTo(437);
  }

  /** Case 49. */
  @Test
  void aLifetimeOfZeroFreesEverythingAtOnce() {
    client.done(StunMessage.ALLOCATE, UDP);

    assertThat(client.done(StunMessage.REFRESH, new Lifetime(0)).first(Lifetime.class))
        .contains(new Lifetime(0));
    assertThat(server.openPorts()).isZero();
    client.done(StunMessage.ALLOCATE, UDP);
  }

  @Test
  void aLifetimeHasTheSameBoundsAsAtFirst() {
    client.done(StunMessage.ALLOCATE, UDP);

    assertThat(client.done(StunMessage.REFRESH, new Lifetime(7200)).first(Lifetime.class))
        .contains(new Lifetime(3600));
    assertThat(client.done(StunMessage.REFRESH, new Lifetime(30)).first(Lifetime.class))
        .contains(new Lifetime(600));
  }

  /** Case 30. */
  @Test
  void onlyTheUserWhoHasAllocatedCanRefresh() {
    client.done(StunMessage.ALLOCATE, UDP);

    assertThat(client.as("mallory").refused(StunMessage.REFRESH, new Lifetime(0))).isEqualTo(441);
    assertThat(server.openPorts()).isOne();
  }

  /** Case 24. */
  @Test
  void aFamilyThatIsNotAllocatedCannotBeRefreshed() {
    client.done(StunMessage.ALLOCATE, UDP);

    assertThat(client.refused(StunMessage.REFRESH, IPV6)).isEqualTo(443);
    client.done(StunMessage.REFRESH, IPV4);
  }

  @Test
  void ofTwoFamiliesEachLivesByItself() {
    client.done(StunMessage.ALLOCATE, UDP, new AdditionalAddressFamily(AddressFamily.IPV6));
    server.pass(Duration.ofMinutes(5));
    client.done(StunMessage.REFRESH, IPV6);
    server.pass(Duration.ofMinutes(5));

    assertThat(server.openPorts()).as("IPv4 has ended").isOne();
    assertThat(client.refused(StunMessage.REFRESH, IPV4)).isEqualTo(443);
    client.done(StunMessage.REFRESH, IPV6, new Lifetime(0));
    assertThat(client.refused(StunMessage.REFRESH)).isEqualTo(437);
  }

  @Test
  void aConnectionThatEndsTakesItsAllocationAlong() {
    client.done(StunMessage.ALLOCATE, UDP);
    server.turn.gone(client);
    assertThat(server.openPorts()).isZero();
  }
}
