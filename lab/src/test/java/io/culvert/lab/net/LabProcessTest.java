package io.culvert.lab.net;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.lab.junit.InLab;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Every process in question holds the parent's output: it ends when the last of them is gone. */
@InLab
class LabProcessTest {
  @Test
  void theMainClassRunsWithItsArgumentsAndItsExitCodeComesBack() throws Exception {
    Process parent = parent("exit", "7");
    try (BufferedReader output = parent.inputReader()) {
      assertThat(output.readLine()).isEqualTo("Ready[] exit 7");
    }
    assertThat(parent.waitFor()).isEqualTo(7);
  }

  @Test
  void nothingSurvivesTheKilledParent() throws Exception {
    Process parent = parent("hold");
    try (BufferedReader output = parent.inputReader()) {
      assertThat(output.readLine()).isEqualTo("holding");

      parent.destroyForcibly();

      assertEnds(output);
    }
  }

  @Test
  void theChildStopsInOrderWhenTheParentIsAskedTo() throws Exception {
    Process parent = parent("hold");
    try (BufferedReader output = parent.inputReader()) {
      assertThat(output.readLine()).isEqualTo("holding");

      parent.destroy();

      assertThat(output.readLine()).isEqualTo("stopping in order");
      assertEnds(output);
      assertThat(parent.waitFor()).isEqualTo(143);
    }
  }

  @Test
  void nothingSurvivesTheKilledJvmOfTheLab() throws Exception {
    Process parent = parent("hold");
    try (BufferedReader output = parent.inputReader()) {
      assertThat(output.readLine()).isEqualTo("holding");
      ProcessHandle unshare = parent.children().findFirst().orElseThrow();

      unshare.children().findFirst().orElseThrow().destroyForcibly();

      assertEnds(output);
      assertThat(parent.waitFor()).isEqualTo(137);
    }
  }

  private static void assertEnds(BufferedReader output) {
    CompletableFuture<List<String>> rest =
        CompletableFuture.supplyAsync(() -> output.lines().toList());
    assertThat(rest).succeedsWithin(5, SECONDS).isEqualTo(List.of());
  }

  private static Process parent(String... arguments) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Parent.class.getName());
    builder.command().addAll(List.of(arguments));
    return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  static final class Parent {
    public static void main(String[] arguments) throws Exception {
      System.exit(LabProcess.run(Child.class, List.of(arguments)));
    }
  }

  static final class Child {
    public static void main(String[] arguments) throws Exception {
      if (arguments[0].equals("exit")) {
        System.out.println(Lab.availability() + " " + String.join(" ", arguments));
        System.exit(Integer.parseInt(arguments[1]));
      }
      Runtime.getRuntime()
          .addShutdownHook(new Thread(() -> System.out.println("stopping in order")));
      try (Lab lab = Lab.open()) {
        lab.host("alice").start(new ProcessBuilder("sleep", "1000").inheritIO());
        System.out.println("holding");
        new CountDownLatch(1).await();
      }
    }
  }
}
