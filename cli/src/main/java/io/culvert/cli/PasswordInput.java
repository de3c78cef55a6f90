package io.culvert.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.Console;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Passwords as they come from people and from files. */
final class PasswordInput {
  /** Longer than any password; there is no need to read all of /dev/zero. */
  private static final int MAX_LINE_BYTES = 4096;

  private PasswordInput() {}

  /** The first line of a file, which is UTF-8 whatever the locale. */
  static String fromFile(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return firstLine(in, "--password-file");
    } catch (NoSuchFileException e) {
      throw new UsageException("--password-file: there is no file " + file + ".");
    }
  }

  /**
   * The first line, which is UTF-8 whatever the locale.
   *
   * @param option for error sentences
   */
  static String firstLine(InputStream in, String option) throws IOException {
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
      throw new UsageException(option + ": the password is not UTF-8.");
    }
  }

  /** Asks without showing what is typed. */
  @SuppressWarnings("SystemConsoleNull") // since JDK 25 it does return null again
  static String ask(String prompt, String otherwise) {
    Console console = System.console();
    if (console == null || !console.isTerminal()) {
      throw new UsageException("There is no terminal to ask for the password on; " + otherwise);
    }
    char[] typed = console.readPassword(prompt);
    if (typed == null) {
      throw new UsageException("No password was given.");
    }
    String password = new String(typed);
    if (password.indexOf('\ufffd') >= 0) {
      throw new UsageException(
          "This terminal's locale has no such letters; set LC_ALL=C.UTF-8, or have it read from elsewhere.");
    }
    return password;
  }
}
