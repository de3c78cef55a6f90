package io.culvert.lab.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.lab.scenario.Scenario.Built;
import io.culvert.lab.scenario.Scenario.NotBuilt;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScenariosTest {
  @Test
  void everyNumberIsThereInOrder() {
    assertThat(Scenarios.all())
        .extracting(Scenario::number)
        .isSorted()
        .containsAll(IntStream.rangeClosed(1, 93).mapToObj("S%02d"::formatted).toList());
  }

  @Test
  void everyNameIsThereOnceAndCanBeTyped() {
    assertThat(Scenarios.all())
        .extracting(Scenario::name)
        .doesNotHaveDuplicates()
        .allMatch(name -> name.matches("[a-z0-9-]{2,44}"));
  }

  @Test
  void everyScenarioSaysWhatItIsAboutAndWhatIsExpectedOrWhyItIsNotBuilt() {
    for (Scenario scenario : Scenarios.all()) {
      assertThat(scenario.sentence()).matches("[A-Z0-9].*\\.");
      switch (scenario) {
        case Built built -> assertThat(built.expected()).as(built.name()).isNotBlank();
        case NotBuilt missing -> assertThat(missing.reason()).matches("[A-Z].*\\.");
      }
    }
  }

  @Test
  void theyAreFoundByNumberAndByName() {
    assertThat(Scenarios.of("s42"))
        .extracting(Scenario::name)
        .containsExactly("same-lan", "same-lan-with-hairpin");
    assertThat(Scenarios.of("reboot")).extracting(Scenario::number).containsExactly("S68");
    assertThat(Scenarios.of("S94")).isEmpty();
  }

  @Test
  void theGridExpectsWhatIsPossible() {
    assertThat(expected("port-restricted-to-port-restricted")).isEqualTo("direct within 4 s");
    assertThat(expected("symmetric-to-address-restricted")).isEqualTo("direct within 4 s");
    assertThat(expected("port-restricted-to-symmetric")).isEqualTo("direct within 20 s");
    assertThat(expected("symmetric-sequential-to-symmetric-sequential"))
        .isEqualTo("direct within 20 s");
    assertThat(expected("symmetric-to-symmetric-sequential")).startsWith("connected");
    assertThat(expected("symmetric-to-symmetric")).startsWith("connected");
  }

  private static String expected(String name) {
    List<Scenario> found = Scenarios.of(name);
    assertThat(found).hasSize(1).first().isInstanceOf(Built.class);
    return ((Built) found.getFirst()).expected();
  }
}
