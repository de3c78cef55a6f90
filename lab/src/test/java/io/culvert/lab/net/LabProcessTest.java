package io.culvert.lab.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.lab.junit.InLab;
import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

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
      List<ProcessHandle> family = holding(parent, output);

      parent.toHandle().destroyForcibly();

      await().until(() -> family.stream().allMatch(ProcessState::isGone));
    }
  }

  @Test
  void theChildStopsInOrderWhenTheParentIsAskedTo() throws Exception {
    Process parent = parent("hold");
    try (BufferedReader output = parent.inputReader()) {
      List<ProcessHandle> family = holding(parent, output);

      parent.toHandle().destroy();

      assertThat(output.readLine()).isEqualTo("stopping in order");
      assertThat(parent.waitFor()).isEqualTo(143);
      assertThat(family).allMatch(ProcessState::isGone);
    }
  }

  @Test
  void nothingSurvivesTheKilledJvmOfTheLab() throws Exception {
    Process parent = parent("hold");
    try (BufferedReader output = parent.inputReader()) {
      List<ProcessHandle> family = holding(parent, output);
      ProcessHandle unshare = parent.children().findFirst().orElseThrow();

      unshare.children().findFirst().orElseThrow().destroyForcibly();

      assertThat(parent.waitFor()).isNotZero();
      assertThat(family).allMatch(ProcessState::isGone);
    }
  }

  /** Waits until the lab is there; returns unshare, the JVM of the lab and a program on a host. */
  private static List<ProcessHandle> holding(Process parent, BufferedReader output)
      throws Exception {
    assertThat(output.readLine()).isEqualTo("holding");
    List<ProcessHandle> family = parent.descendants().toList();
    assertThat(family).hasSize(3);
    return family;
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
