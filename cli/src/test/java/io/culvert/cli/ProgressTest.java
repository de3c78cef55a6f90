package io.culvert.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class ProgressTest {
  private final ByteArrayOutputStream shown = new ByteArrayOutputStream();

  @Test
  void aTerminalHasOneLineThatChangesAndIsGoneInTheEnd() {
    assertThat(told(true)).isEqualTo("\r\033[K1 of 2: this\r\033[K2 of 2: that\r\033[K");
  }

  @Test
  void aPipeHasALineForEachThing() {
    assertThat(told(false).lines()).containsExactly("1 of 2: this", "2 of 2: that");
  }

  private String told(boolean terminal) {
    Progress progress = new Progress(new PrintStream(shown, true, UTF_8), terminal, 2);
    progress.done("this");
    progress.done("that");
    progress.end();
    return shown.toString(UTF_8);
  }
}
