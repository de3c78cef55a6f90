package io.culvert.lab.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.culvert.lab.net.NatKind.Filtering;
import io.culvert.lab.net.NatKind.Firewall;
import io.culvert.lab.net.NatKind.Ipv6;
import io.culvert.lab.net.NatKind.Mapping;
import io.culvert.lab.net.NatKind.Pooling;
import io.culvert.lab.net.NatKind.PortAllocation;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class NatKindTest {
  @Test
  void aDependentMappingCannotPreservePorts() {
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            new NatKind(
                "impossible",
                Mapping.ADDRESS_AND_PORT_DEPENDENT,
                Filtering.ADDRESS_AND_PORT_DEPENDENT,
                PortAllocation.PRESERVING,
                false,
                Firewall.DROPS_UNSOLICITED))
        .withMessageContaining("choose RANDOM or SEQUENTIAL");
  }

  @Test
  void portsOfABlockAreRandom() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NatKind.PORT_RESTRICTED.withPortBlocks(512))
        .withMessageContaining("RANDOM");
  }

  @Test
  void poolsThatAreNoneAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NatKind.FULL_CONE.withAddresses(0, Pooling.PAIRED))
        .withMessage("A pool has 1 to 16 addresses, not 0.");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NatKind.SYMMETRIC.withPortBlocks(63))
        .withMessageContaining("64 to 16384 ports, not 63");
  }

  @Test
  void nobodyFiltersTheIpv6OfAHostWithoutARouter() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> NatKind.OPEN.withIpv6(Ipv6.FIREWALLED))
        .withMessageContaining("choose ROUTED or NONE");
  }

  @Test
  void aKindIsPrintedByItsName() {
    assertThat(NatKind.FULL_CONE.withHairpin()).hasToString("full-cone+hairpin");
    assertThat(
            NatKind.SYMMETRIC
                .withPortBlocks(2048)
                .withAddresses(4, Pooling.ARBITRARY)
                .withUdpTimeout(Duration.ofSeconds(30))
                .withIpv6(Ipv6.FIREWALLED))
        .hasToString("symmetric+blocks of 2048+4 arbitrary addresses+30 s+ipv6 firewalled");
  }
}
