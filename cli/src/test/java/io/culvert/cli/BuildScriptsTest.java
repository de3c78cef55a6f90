package io.culvert.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuildScriptsTest {
  private static final Path ROOT = Path.of(System.getProperty("culvert.root"));

  private record Result(int code, String output) {}

  private static Result run(Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    return new Result(process.waitFor(), output);
  }

  @Test
  void aJdkThatIsNewEnoughIsFound() throws Exception {
    Result result = run(Map.of(), ROOT.resolve("build/find-jdk").toString());
    assertThat(result.code()).isZero();
    assertThat(Path.of(result.output().strip(), "bin", "javac")).isExecutable();
  }

  @Test
  void theJdkThatTheUserChoseComesFirst(@TempDir Path home) throws Exception {
    jdk(home, "99.0.1");
    Result result =
        run(Map.of("JAVA_HOME", home.toString()), ROOT.resolve("build/find-jdk").toString());
    assertThat(result.output().strip()).isEqualTo(home.toString());
  }

  @Test
  void oneThatIsTooOldIsPassedOver(@TempDir Path home) throws Exception {
    jdk(home, "17.0.1");
    Result result =
        run(Map.of("JAVA_HOME", home.toString()), ROOT.resolve("build/find-jdk").toString());
    assertThat(result.output().strip()).isNotEqualTo(home.toString());
  }

  private static void jdk(Path home, String version) throws IOException {
    Path bin = Files.createDirectory(home.resolve("bin"));
    Path javac = Files.writeString(bin.resolve("javac"), "#!/bin/sh\n");
    assertThat(javac.toFile().setExecutable(true)).isTrue();
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
  }

  @Test
  void aSkippedTestIsNamedAndUnderCiItIsAFailure(@TempDir Path reports) throws Exception {
    Files.write(
        reports.resolve("TEST-x.xml"),
        List.of(
            "<testsuite name=\"x\" tests=\"2\">",
            "  <testcase name=\"runs\" classname=\"a.B\" time=\"0\"/>",
            "  <testcase name=\"rests\" classname=\"a.B\" time=\"0\">",
            "    <skipped message=\"no &quot;nft&quot; here\"/>",
            "  </testcase>",
            "  <testcase name=\"assumes\" classname=\"a.B\" time=\"0\">",
            "    <skipped type=\"x\"><![CDATA[org.opentest4j.TestAbortedException: too few files",
            "        at a.B.assumes(B.java:1)",
            "]]></skipped>",
            "  </testcase>",
            "</testsuite>"));
    String script = ROOT.resolve("build/report-skipped-tests").toString();
    Result elsewhere = run(Map.of("CI", ""), script, reports.toString());
    assertThat(elsewhere.code()).isZero();
    assertThat(elsewhere.output())
        .isEqualTo("skipped: a.B.rests: no \"nft\" here\nskipped: a.B.assumes: too few files\n");
    assertThat(run(Map.of("CI", "true"), script, reports.toString()).code()).isEqualTo(1);
  }

  @Test
  void withoutSkippedTestsNothingIsSaid(@TempDir Path reports) throws Exception {
    String script = ROOT.resolve("build/report-skipped-tests").toString();
    Result result = run(Map.of("CI", "true"), script, reports.toString());
    assertThat(result).isEqualTo(new Result(0, ""));
  }
}
