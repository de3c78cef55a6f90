package io.culvert.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.client.Link.Kind;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class DisplayTest {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  @Test
  void aChatShowsLinesBehindThePeersName() throws IOException {
    Display chat = new Display.Chat(out, "bob", Kind.MESSAGES);
    chat.show("hello\nhow are you?\n".getBytes(UTF_8));
    assertThat(out.toString(UTF_8)).isEqualTo("bob: hello\nbob: how are you?\n");
  }

  @Test
  void aMessageWithoutALineEndIsALineAllTheSame() throws IOException {
    Display chat = new Display.Chat(out, "bob", Kind.MESSAGES);
    chat.show("hello".getBytes(UTF_8));
    assertThat(out.toString(UTF_8)).isEqualTo("bob: hello\n");
  }

  @Test
  void aLongTextInSeveralMessagesStaysOneLineAndItsLettersWhole() throws IOException {
    byte[] text = ("ü".repeat(200) + "\n").getBytes(UTF_8);
    Display chat = new Display.Chat(out, "bob", Kind.MESSAGES);
    chat.show(Arrays.copyOf(text, 255));
    chat.show(Arrays.copyOfRange(text, 255, text.length));
    assertThat(out.toString(UTF_8)).isEqualTo("bob: " + "ü".repeat(200) + "\n");
  }

  @Test
  void aFullMessageWithNothingBehindItIsShownAtTheEnd() throws IOException {
    Display chat = new Display.Chat(out, "bob", Kind.MESSAGES);
    chat.show("x".repeat(255).getBytes(UTF_8));
    chat.end();
    assertThat(out.toString(UTF_8)).isEqualTo("bob: " + "x".repeat(255) + "\n");
  }

  @Test
  void aStreamsPortionsAreLinesUnlessTheyAreLong() throws IOException {
    Display chat = new Display.Chat(out, "bob", Kind.STREAM);
    chat.show("hello".getBytes(UTF_8));
    chat.show("x".repeat(1024).getBytes(UTF_8));
    chat.show("y\n".getBytes(UTF_8));
    assertThat(out.toString(UTF_8)).isEqualTo("bob: hello\nbob: " + "x".repeat(1024) + "y\n");
  }

  @Test
  void everyDatagramIsALine() throws IOException {
    Display chat = new Display.Chat(out, "bob", Kind.DATAGRAMS);
    chat.show("x".repeat(1200).getBytes(UTF_8));
    chat.show("y".getBytes(UTF_8));
    assertThat(out.toString(UTF_8)).isEqualTo("bob: " + "x".repeat(1200) + "\nbob: y\n");
  }

  @Test
  void aLineWithoutAnEndIsShownBeforeItFillsTheMemory() throws IOException {
    Display chat = new Display.Chat(out, "bob", Kind.MESSAGES);
    for (int i = 0; i < 100; i++) {
      chat.show("x".repeat(255).getBytes(UTF_8));
    }
    assertThat(out.size()).isGreaterThan(16_000);
  }

  @Test
  void aChatLetsNoPeerDriveTheTerminal() throws IOException {
    Display chat = new Display.Chat(out, "b\u001b[2Job", Kind.MESSAGES);
    chat.show("\u001b]0;title\u0007\u202edesrever\n".getBytes(UTF_8));
    assertThat(out.toString(UTF_8)).isEqualTo("b?[2Job: ?]0;title??desrever\n");
  }

  @Test
  void withoutATerminalTheBytesStayAsTheyAre() throws IOException {
    byte[] bytes = {0, 27, (byte) 0xFF, 10};
    new Display.Bytes(out).show(bytes);
    assertThat(out.toByteArray()).isEqualTo(bytes);
  }
}
