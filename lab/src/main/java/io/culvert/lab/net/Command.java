package io.culvert.lab.net;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Runs one short program to its end, with a text on its stdin. */
final class Command {
  private Command() {}

  /**
   * Runs the command.
   *
   * @throws LabException when it cannot be started or ends with anything but 0; the message has the
   *     command and what it printed
   */
  static void run(List<String> command, String input) {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      try (OutputStream stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(StandardCharsets.UTF_8));
      } catch (IOException e) {
        // It ended before it read everything: its exit code and output say why.
        process.onExit().join();
      }
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      int exit = process.onExit().join().exitValue();
      if (exit != 0) {
        throw new LabException(
            "'%s' failed with exit code %d: %s%s"
                .formatted(
                    String.join(" ", command),
                    exit,
                    output.isBlank() ? "it printed nothing" : output.strip(),
                    input.isEmpty() ? "" : "\nIts input was:\n" + input));
      }
    } catch (IOException e) {
      throw new LabException("'" + String.join(" ", command) + "' cannot be started.", e);
    }
  }
}
