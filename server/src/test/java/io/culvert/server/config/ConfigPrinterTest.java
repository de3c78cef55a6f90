package io.culvert.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;

class ConfigPrinterTest {
  private final String printed = ConfigPrinter.print();

  static Stream<Setting<?>> settings() {
    return Settings.ALL.stream();
  }

  @Test
  void itIsTomlThatReadsBackToTheDefaults(@TempDir Path dir) throws Exception {
    Path file = Files.writeString(dir.resolve("culvert.toml"), printed);

    assertThat(new ConfigReader().file(file).read()).isEqualTo(new ConfigReader().read());
  }

  @Test
  void everyKeyWithADefaultIsThereOnce() {
    TomlParseResult toml = Toml.parse(printed);

    assertThat(toml.errors()).isEmpty();
    assertThat(toml.dottedKeySet())
        .containsExactlyInAnyOrderElementsOf(
            Settings.ALL.stream()
                .filter(setting -> !setting.defaultToml().isEmpty())
                .map(Setting::key)
                .collect(Collectors.toSet()));
  }

  @Test
  void aKeyWithoutADefaultIsShownAsAnExampleThatCanBeSwitchedOn(@TempDir Path dir)
      throws Exception {
    Path file =
        Files.writeString(
            dir.resolve("culvert.toml"), printed.replaceAll("(?m)^# ([a-z-]+ = )", "$1"));

    assertThat(new ConfigReader().file(file).read().publicIp()).isPresent();
  }

  @ParameterizedTest
  @MethodSource("settings")
  void everyKeyIsExplainedRightAboveIt(Setting<?> setting) {
    List<String> lines = printed.lines().toList();
    int at = tableLine(setting).map(lines::indexOf).orElse(0);

    while (!lines.get(at).matches("(# )?" + setting.name() + " = .+")) {
      at++;
    }

    int docLines = setting.doc().size();
    assertThat(docLines).isPositive();
    assertThat(setting.doc()).allMatch(line -> line.length() <= 98 && !line.isBlank());
    assertThat(setting.doc().getLast()).endsWith(".");
    assertThat(lines.subList(at - docLines, at))
        .containsExactlyElementsOf(setting.doc().stream().map(line -> "# " + line).toList());
  }

  @ParameterizedTest
  @MethodSource("settings")
  void itSaysWhatTakesEffectAtOnce(Setting<?> setting) {
    String section =
        setting.table().isEmpty()
            ? printed
            : printed.substring(printed.indexOf("[" + setting.table() + "]"));

    assertThat(section.lines().filter(line -> line.matches("(# )?" + setting.name() + " = .+")))
        .first()
        .satisfies(line -> assertThat(line.endsWith(" # (live)")).isEqualTo(setting.live()));
  }

  @Test
  void everyTableIsOpenedOnce() {
    assertThat(printed.lines().filter(line -> line.startsWith("["))).doesNotHaveDuplicates();
  }

  private static Optional<String> tableLine(Setting<?> setting) {
    return setting.table().isEmpty() ? Optional.empty() : Optional.of("[" + setting.table() + "]");
  }
}
