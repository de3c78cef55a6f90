package io.culvert.client.quic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.ServerAddress;
import io.culvert.client.tls.Fingerprint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnownPeersTest {
  private static final ServerAddress SERVER = new ServerAddress("rendezvous.example", 3375);
  private static final Fingerprint FIRST = new Fingerprint("01".repeat(32));
  private static final Fingerprint OTHER = new Fingerprint("fe".repeat(32));

  @TempDir Path directory;

  @Test
  void whoIsNotKnownMayHaveAnyIdentity() throws IOException {
    known().check(SERVER, "bob", FIRST);
    known().check(SERVER, "bob", OTHER);
    assertThat(file()).doesNotExist();
  }

  @Test
  void whoIsKnownMayHaveNoOther() throws IOException {
    known().remember(SERVER, "carol", OTHER);
    known().remember(SERVER, "bob", FIRST);
    known().check(SERVER, "bob", FIRST);
    known().remember(SERVER, "bob", FIRST);
    String sentence =
        "bob at rendezvous.example:3375 has another identity than before: %s instead of %s. Either bob uses another machine, or somebody pretends to be bob. Ask which is right; if the new one is, delete line 2 of %s."
            .formatted(OTHER.attribute(), FIRST.attribute(), file());
    assertThatThrownBy(() -> known().check(SERVER, "bob", OTHER))
        .isInstanceOfSatisfying(
            CulvertException.class, e -> assertThat(e.reason()).isEqualTo(Reason.PEER_NOT_TRUSTED))
        .hasMessage(sentence);
    assertThatThrownBy(() -> known().remember(SERVER, "bob", OTHER)).hasMessage(sentence);
    assertThat(Files.readAllLines(file())).hasSize(2);
  }

  @Test
  void whoDeletesTheLineBelievesTheNext() throws IOException {
    known().remember(SERVER, "bob", FIRST);
    Files.writeString(file(), "# nobody\n\n");
    known().remember(SERVER, "bob", OTHER);
    assertThat(Files.readAllLines(file()))
        .containsExactly("# nobody", "", "rendezvous.example:3375 bob " + OTHER.attribute());
  }

  @Test
  void theSameNameAtAnotherServerIsSomebodyElse() throws IOException {
    known().remember(SERVER, "bob", FIRST);
    known().remember(new ServerAddress("rendezvous.example", 3376), "bob", OTHER);
    known().remember(new ServerAddress("::1", 3375), "bob", OTHER);
    known().check(SERVER, "bob", FIRST);
    known().check(new ServerAddress("::1", 3375), "bob", OTHER);
  }

  @Test
  void anyNameIsOneWord() throws IOException {
    List<String> names =
        List.of(
            "bob smith",
            "a\nb",
            "100%",
            "%20",
            "#1",
            "a+b",
            "\u00e4\u4e2d\ud83d\ude00",
            "\u2028",
            "\u00a0");
    for (String name : names) {
      known().remember(SERVER, name, FIRST);
    }
    assertThat(Files.readAllLines(file())).hasSize(names.size());
    for (String name : names) {
      known().check(SERVER, name, FIRST);
      assertThatThrownBy(() -> known().check(SERVER, name, OTHER))
          .isInstanceOf(CulvertException.class);
    }
  }

  @Test
  void aBrokenLineIsNotPassedOver() throws IOException {
    known().remember(SERVER, "carol", FIRST);
    Files.writeString(
        file(), Files.readString(file()) + "rendezvous.example:3375 bob sha-256 01\n");
    String sentence =
        "Line 2 of %s is not a server, a peer's name and a fingerprint. Correct or delete it."
            .formatted(file());
    assertThatThrownBy(() -> known().check(SERVER, "bob", FIRST))
        .isInstanceOf(IOException.class)
        .hasMessage(sentence);
    assertThatThrownBy(() -> known().remember(SERVER, "bob", FIRST))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(sentence);
  }

  @Test
  void theFileIsForItsOwnerOnly() throws IOException {
    known().remember(SERVER, "bob", FIRST);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
        .isEqualTo("rw-------");
  }

  @Test
  void processesDoNotForgetWhatOthersRemember() throws Exception {
    List<Process> processes = new ArrayList<>();
    for (String name : List.of("one", "two", "three")) {
      processes.add(
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Remembering.class.getName(),
                  file().toString(),
                  name)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start());
    }
    Thread thread = Thread.ofPlatform().start(() -> Remembering.remember(file(), "thread"));
    Remembering.remember(file(), "here");
    thread.join();
    for (Process process : processes) {
      assertThat(process.waitFor()).isZero();
    }
    assertThat(Files.readAllLines(file())).hasSize(5 * Remembering.NUMBER);
    assertThatCode(() -> known().check(SERVER, "two 7", FIRST)).doesNotThrowAnyException();
  }

  /** Remembers many, one after the other. */
  static final class Remembering {
    static final int NUMBER = 20;

    private Remembering() {}

    public static void main(String[] args) {
      remember(Path.of(args[0]), args[1]);
    }

    static void remember(Path file, String name) {
      for (int i = 0; i < NUMBER; i++) {
        try {
          new KnownPeers(file).remember(SERVER, name + " " + i, FIRST);
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private Path file() {
    return directory.resolve("known_peers");
  }

  private KnownPeers known() {
    return new KnownPeers(file());
  }
}
