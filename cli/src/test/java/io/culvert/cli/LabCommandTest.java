package io.culvert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.lab.junit.InLab;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class LabCommandTest {
  @TempDir private Path folder;

  @Test
  @InLab
  void aMatrixIsToldAsOneJsonObjectAndAsAPage() throws Exception {
    Path page = folder.resolve("matrix.html");
    Cli.Result result =
        Cli.run("lab", "matrix", "--kinds", "full-cone", "--json", "--html", page.toString());

    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.err()).matches("1 of 1: full-cone × full-cone: direct after \\d+ ms\\R");
    JsonNode report = JsonMapper.shared().readTree(result.out());
    assertThat(report.at("/kinds/0").stringValue()).isEqualTo("full-cone");
    assertThat(report.at("/roundTripMs").intValue()).isEqualTo(50);
    assertThat(report.at("/patienceMs").intValue()).isEqualTo(10_000);
    assertThat(report.at("/direct").intValue()).isOne();
    assertThat(report.at("/relayed").intValue()).isZero();
    assertThat(report.at("/failed").intValue()).isZero();
    JsonNode cell = report.at("/cells/0");
    assertThat(cell.at("/caller").stringValue()).isEqualTo("full-cone");
    assertThat(cell.at("/callee").stringValue()).isEqualTo("full-cone");
    assertThat(cell.at("/outcome").stringValue()).isEqualTo("direct");
    assertThat(cell.at("/firstByteMs").intValue()).isGreaterThan(50);
    assertThat(cell.at("/directMs").intValue()).isGreaterThan(50);
    assertThat(cell.at("/packets").intValue()).isPositive();
    assertThat(cell.at("/path").stringValue()).startsWith("direct udp ");
    assertThat(Files.readString(page)).startsWith("<!DOCTYPE html>").contains("full-cone");
  }

  @Test
  @InLab
  void aScenarioSaysWhatWasSeen() throws Exception {
    Cli.Result result = Cli.run("lab", "scenario", "same-addresses", "S93");

    assertThat(result.code()).as(result.err()).isZero();
    assertThat(result.err()).startsWith("1 of 1: S43 same-addresses ok in ");
    assertThat(result.out())
        .containsPattern("S43  same-addresses +ok +[0-9.]+ s  direct after \\d+ ms")
        .contains("S93  figures", "not built", "Measured by 'culvert lab matrix'.")
        .contains("1 ok, 0 failed, 1 not built.");
  }

  @Test
  void allScenariosAreListedForPeopleAndForScripts() throws Exception {
    Cli.Result people = Cli.run("lab", "scenario", "list");
    assertThat(people.code()).isZero();
    assertThat(people.err()).isEmpty();
    assertThat(people.out())
        .contains("S01  open-to-open", "expected: direct within 4 s")
        .contains("S93  figures", "not built: Measured by 'culvert lab matrix'.");

    Cli.Result scripts = Cli.run("lab", "scenario", "list", "--json");
    assertThat(scripts.code()).isZero();
    JsonNode all = JsonMapper.shared().readTree(scripts.out());
    assertThat(all.at("/ok").intValue()).isZero();
    assertThat(all.at("/failed").intValue()).isZero();
    assertThat(all.at("/notBuilt").intValue()).isPositive();
    JsonNode first = all.at("/scenarios/0");
    assertThat(first.at("/number").stringValue()).isEqualTo("S01");
    assertThat(first.at("/name").stringValue()).isEqualTo("open-to-open");
    assertThat(first.at("/expected").stringValue()).isEqualTo("direct within 4 s");
    assertThat(first.has("ok")).isFalse();
  }

  @Test
  void whatCannotBePlayedHasNotWorked() throws Exception {
    Cli.Result result = Cli.run("lab", "scenario", "S93", "--json");
    assertThat(result.code()).isOne();
    JsonNode report = JsonMapper.shared().readTree(result.out());
    assertThat(report.at("/scenarios/0/notBuilt").stringValue()).contains("culvert lab matrix");
  }
}
