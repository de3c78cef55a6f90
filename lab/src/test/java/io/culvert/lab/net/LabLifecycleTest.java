package io.culvert.lab.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.culvert.lab.junit.InLab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@InLab
class LabLifecycleTest {
  private static final Path SELF = Path.of("/proc/self");

  @Test
  void aClosedLabLeavesNoNamespaceBehind() throws Exception {
    Set<String> before = networks(); // threads of other tests may be about to leave theirs
    Set<String> made;
    try (Lab lab = Lab.open()) {
      Host alice = lab.peer("alice", NatKind.FULL_CONE);
      assertThat(alice.run(() -> Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net"))))
          .asString()
          .isNotIn(before);
      alice.delay(Delay.ofMillis(1));
      alice.connect(lab.internet());
      made = networks();
      made.removeAll(before);
      assertThat(made).hasSize(3);
    }
    await().untilAsserted(() -> assertThat(networks()).doesNotContainAnyElementsOf(made));
  }

  @Test
  void aClosedLabLeavesNoProcessBehind() throws Exception {
    Process direct;
    ProcessHandle orphan;
    Process own;
    try (Lab lab = Lab.open()) {
      Host alice = lab.host("alice");
      direct = alice.start("sleep", "1000");
      Process shell = alice.start("sh", "-c", "sleep 1000 >/dev/null & echo $!");
      try (var output = shell.inputReader()) {
        orphan = ProcessHandle.of(Long.parseLong(output.readLine())).orElseThrow();
      }
      own = alice.run(() -> new ProcessBuilder("sleep", "1000").start());
      assertThat(direct.isAlive()).isTrue();
    }
    assertThat(direct.isAlive()).isFalse();
    assertThat(own.waitFor()).isEqualTo(137);
    await().until(() -> ProcessState.isGone(orphan));
  }

  @Test
  void aProgramRunsInTheNetworkOfItsHost() throws Exception {
    try (Lab lab = Lab.open()) {
      Host alice = lab.peer("alice", NatKind.FULL_CONE);
      Process program = alice.start("ip", "-brief", "-4", "address", "show", "dev", "eth0");
      try (var output = program.inputReader()) {
        assertThat(output.readLine()).contains("192.168.1.2/24");
      }
    }
  }

  @Test
  void theBuilderOfAProgramIsLeftAsItWas() throws Exception {
    try (Lab lab = Lab.open()) {
      ProcessBuilder builder = new ProcessBuilder("true");
      assertThat(lab.host("alice").start(builder).waitFor()).isZero();
      assertThat(builder.command()).containsExactly("true");
    }
  }

  @Test
  void anExceptionOnAHostComesBackToTheCaller() {
    IOException expected = new IOException("the very same");
    try (Lab lab = Lab.open()) {
      Host alice = lab.host("alice");
      assertThatExceptionOfType(IOException.class)
          .isThrownBy(() ->
              alice.run(() -> {
                throw expected;
              }))
          .isSameAs(expected);
    }
  }

  @Test
  void aHostOfAClosedLabSaysSo() {
    Host alice;
    try (Lab lab = Lab.open()) {
      alice = lab.host("alice");
    }
    assertThatExceptionOfType(LabException.class)
        .isThrownBy(() -> alice.run(() -> 1))
        .withMessage("'alice' is gone: its lab is closed.");
    assertThatExceptionOfType(LabException.class)
        .isThrownBy(() -> alice.start("true"))
        .withMessage("'alice' is gone: its lab is closed.");
  }

  @Test
  void closingTwiceIsNoError() {
    Lab lab = Lab.open();
    lab.peer("alice", NatKind.SYMMETRIC);
    lab.close();
    lab.close();
  }

  @Test
  void aRefusedCommandIsNamedWithItsOutput() {
    try (Namespace namespace = Namespace.create("test")) {
      assertThatExceptionOfType(LabException.class)
          .isThrownBy(() -> namespace.ip("link set nosuch up"))
          .withMessageContaining("ip -batch -")
          .withMessageContaining("Cannot find device \"nosuch\"")
          .withMessageContaining("link set nosuch up");
    }
  }

  private static Set<String> networks() throws IOException {
    try (Stream<Path> threads = Files.list(SELF.resolve("task"));
        Stream<Path> descriptors = Files.list(SELF.resolve("fd"))) {
      return Stream.concat(threads.map(thread -> thread.resolve("ns/net")), descriptors)
          .map(LabLifecycleTest::target)
          .filter(target -> target.startsWith("net:"))
          .collect(Collectors.toSet());
    }
  }

  private static String target(Path link) {
    try {
      return Files.readSymbolicLink(link).toString();
    } catch (NoSuchFileException e) {
      return "";
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
