package io.culvert.lab.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.culvert.lab.net.NatKind.Filtering;
import io.culvert.lab.net.NatKind.Firewall;
import io.culvert.lab.net.NatKind.Mapping;
import io.culvert.lab.net.NatKind.PortAllocation;
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
  void aKindIsPrintedByItsName() {
    assertThat(NatKind.FULL_CONE.withHairpin()).hasToString("full-cone+hairpin");
  }
}
