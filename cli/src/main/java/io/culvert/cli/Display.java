package io.culvert.cli;

import io.culvert.client.Link;
import java.io.ByteArrayOutputStream;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Where the peer's messages appear. */
sealed interface Display {
  /** Shows one message. */
  void show(byte[] message) throws IOException;

  /** Nothing more will come. */
  void end() throws IOException;

  /** How to use it, where that needs saying. */
  Optional<String> hint();

  /** Whether the conversation is over with the peer's end, whatever stdin may still bring. */
  boolean endsWithPeer();

  /** A chat on a terminal, else just the bytes. */
  static Display onStdout(Link link) {
    // Unlike System.out, this says when nobody reads any more.
    OutputStream stdout = new FileOutputStream(FileDescriptor.out);
    boolean terminal =
        Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
    return terminal ? new Chat(stdout, link.peer(), link.kind()) : new Bytes(stdout);
  }

  /** The bytes as they come. */
  record Bytes(OutputStream out) implements Display {
    @Override
    public void show(byte[] message) throws IOException {
      out.write(message);
      out.flush();
    }

    @Override
    public void end() {}

    @Override
    public Optional<String> hint() {
      return Optional.empty();
    }

    @Override
    public boolean endsWithPeer() {
      return false;
    }
  }

  /** Lines behind the peer's name. */
  final class Chat implements Display {
    private static final int MAX_LINE_BYTES = 16 << 10;

    /** Less than this comes in one portion on a stream, if it was sent as one. */
    private static final int LONG_TEXT_BYTES = 1024;

    private final OutputStream out;
    private final String peer;
    private final Link.Kind kind;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    Chat(OutputStream out, String peer, Link.Kind kind) {
      this.out = out;
      this.peer = peer;
      this.kind = kind;
    }

    @Override
    public void show(byte[] message) throws IOException {
      for (byte b : message) {
        if (b == '\n') {
          showLine();
        } else {
          line.write(b);
        }
      }
      if (!isPart(message) || line.size() > MAX_LINE_BYTES) {
        end();
      }
    }

    /** Whether more of the same text may follow. */
    private boolean isPart(byte[] message) {
      return switch (kind) {
        case MESSAGES -> message.length == Link.MAX_MESSAGE_BYTES;
        case STREAM -> message.length >= LONG_TEXT_BYTES;
        case DATAGRAMS -> false;
      };
    }

    @Override
    public void end() throws IOException {
      if (line.size() > 0) {
        showLine();
      }
    }

    private void showLine() throws IOException {
      String text = peer + ": " + line.toString(StandardCharsets.UTF_8);
      line.reset();
      out.write((Text.printable(text) + System.lineSeparator()).getBytes(StandardCharsets.UTF_8));
      out.flush();
    }

    @Override
    public Optional<String> hint() {
      return Optional.of("Enter sends a line, Ctrl-D ends the chat.");
    }

    @Override
    public boolean endsWithPeer() {
      return true;
    }
  }
}
