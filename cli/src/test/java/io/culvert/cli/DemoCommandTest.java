package io.culvert.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.lab.demo.Demo;
import io.culvert.lab.junit.InLab;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import org.junit.jupiter.api.Test;

class DemoCommandTest {
  @Test
  @InLab
  void showsWhatWorksAndWhatCannotBehindRealNats() throws Exception {
    // This JVM is in namespaces already; the command's process would need some of its own.
    String shown = play(true);
    assertThat(shown)
        .contains("tcppunch, port-restricted × port-restricted", "talked directly, public path")
        .contains("tcppunch, symmetric × symmetric", "no way through, and it says why")
        .contains("tag, port-restricted × port-restricted", "then TCP through it")
        .contains("tag, symmetric × symmetric", "probe for a UDP hole, and give up")
        .contains("flow, port-restricted × port-restricted", "alice calls bob, and it rings")
        .contains("flow, symmetric × symmetric", "talked through the relay, in datagrams")
        .contains("100 MB by relay, directly and across a reboot", "SHA-256 at both ends: ")
        .contains("connected through the relay, and it says why", "What would help:")
        .doesNotContain("FAIL");
  }

  @Test
  void showsTheSameOnLoopbackWhereThereCanBeNoNats() throws Exception {
    assertThat(play(false))
        .contains("tcppunch, on loopback, without NATs", "talked directly, local path")
        .contains("tag, on loopback, without NATs", "then TCP through it")
        .contains("flow, on loopback, without NATs", "bob takes the call");
  }

  private static String play(boolean inLab) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, UTF_8);
    boolean asItShould = inLab ? new Demo(out).playInLab() : new Demo(out).playOnLoopback();
    String shown = bytes.toString(UTF_8);
    assertThat(asItShould).as(shown).isTrue();
    return shown;
  }
}
