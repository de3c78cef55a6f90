package io.culvert.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.culvert.server.account.AccountStore;
import java.io.ByteArrayOutputStream;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import picocli.CommandLine.Option;

/** A password that is to be an account's: asked for on the terminal, or the first line of stdin. */
final class NewPassword {
  /** Longer than any password; there is no need to read all of /dev/zero. */
  private static final int MAX_LINE_BYTES = 4096;

  @Option(
      names = "--password-stdin",
      description = "Reads the password from stdin: one line of UTF-8, whatever the locale.")
  private boolean fromStdin;

  /** The password; refuses what can be none. */
  String ask() throws IOException {
    String password = fromStdin ? firstLine(System.in) : askTwice();
    try {
      return AccountStore.checkPassword(password);
    } catch (IllegalArgumentException e) {
      throw new UsageException(
          "%s: %s.".formatted(fromStdin ? "--password-stdin" : "Password", e.getMessage()));
    }
  }

  private static String firstLine(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int b = in.read();
    while (b != -1 && b != '\n' && line.size() < MAX_LINE_BYTES) {
      line.write(b);
      b = in.read();
    }
    try {
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(line.toByteArray())).toString();
      return b == '\n' && text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    } catch (CharacterCodingException e) {
      throw new UsageException("--password-stdin: the password is not UTF-8.");
    }
  }

  @SuppressWarnings("SystemConsoleNull") // since JDK 25 it does return null again
  private static String askTwice() {
    Console console = System.console();
    if (console == null || !console.isTerminal()) {
      throw new UsageException(
          "There is no terminal to ask for the password on; --password-stdin reads it from stdin.");
    }
    String password = read(console, "Password: ");
    if (!password.equals(read(console, "The same again: "))) {
      throw new UsageException("The two passwords are not the same.");
    }
    return password;
  }

  private static String read(Console console, String prompt) {
    char[] typed = console.readPassword(prompt);
    if (typed == null) {
      throw new UsageException("No password was given.");
    }
    String password = new String(typed);
    if (password.indexOf('\ufffd') >= 0) {
      throw new UsageException(
          "This terminal's locale has no such letters; set LC_ALL=C.UTF-8, or use --password-stdin.");
    }
    return password;
  }
}
