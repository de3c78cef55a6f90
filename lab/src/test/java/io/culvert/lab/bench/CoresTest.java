package io.culvert.lab.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CoresTest {
  @Test
  void rangesAndSingleCoresAreRead() {
    assertThat(Cores.allowed("0-2,5,7-8")).containsExactly(0, 1, 2, 5, 7, 8);
    assertThat(Cores.allowed("3")).containsExactly(3);
  }

  @Test
  void theServerGetsOneAndTheGeneratorAllOthers() {
    Cores cores = Cores.split(List.of(0, 1, 4));

    assertThat(cores.serverLauncher()).containsExactly("taskset", "-c", "4");
    assertThat(cores.generatorLauncher()).containsExactly("taskset", "-c", "0,1");
  }

  @Test
  void aSingleCoreIsGivenToNobody() {
    Cores cores = Cores.split(List.of(0));

    assertThat(cores.serverLauncher()).isEmpty();
    assertThat(cores.generatorLauncher()).isEmpty();
  }
}
