package io.culvert.lab.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ResidentMemoryTest {
  @Test
  void isTheLineOfTheResidentSetInKilobytes() {
    assertThat(
            ResidentMemory.in(
                List.of("VmHWM:\t  300000 kB", "VmRSS:\t  123456 kB", "RssAnon:\t  100 kB")))
        .isEqualTo(123_456L << 10);
  }

  @Test
  void aProcessHasTheSameAsItsNumber() throws Exception {
    assertThat(ResidentMemory.of(ProcessHandle.current().pid())).isPositive();
    assertThat(ResidentMemory.ofThisProcess()).isPositive();
  }

  @Test
  void thatOfNobodyIsNotKnown() throws Exception {
    assertThat(ResidentMemory.of(0)).isZero();
    assertThat(ResidentMemory.of(Integer.MAX_VALUE)).isZero();
  }
}
