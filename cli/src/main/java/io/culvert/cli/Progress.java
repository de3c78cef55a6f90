package io.culvert.cli;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How far a long command has come, on stderr: one line that changes on a terminal, else a line for
 * each thing that is done. Thread-safe.
 */
final class Progress {
  private static final String BACK_TO_EMPTY_LINE = "\r\033[K";

  private final PrintStream out;
  private final boolean terminal;
  private final int all;
  private int done;

  Progress(int all) {
    this(System.err, isTerminal(Path.of("/proc/self/fd/2")), all);
  }

  Progress(PrintStream out, boolean terminal, int all) {
    this.out = out;
    this.terminal = terminal;
    this.all = all;
  }

  /**
   * Not System.console(): in the process of a laboratory stdin is no terminal, whatever stderr is.
   */
  private static boolean isTerminal(Path descriptor) {
    try {
      String file = Files.readSymbolicLink(descriptor).toString();
      return file.startsWith("/dev/pts/") || file.startsWith("/dev/tty");
    } catch (IOException e) {
      return false; // a system without /proc; it has no laboratories either
    }
  }

  /** One more thing is done. */
  synchronized void done(String what) {
    done++;
    String line = "%d of %d: %s".formatted(done, all, what);
    if (terminal) {
      out.print(BACK_TO_EMPTY_LINE + line);
    } else {
      out.println(line);
    }
    out.flush();
  }

  /** Makes room for what is printed next. */
  synchronized void end() {
    if (terminal) {
      out.print(BACK_TO_EMPTY_LINE);
      out.flush();
    }
  }
}
