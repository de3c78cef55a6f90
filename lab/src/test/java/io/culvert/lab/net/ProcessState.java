package io.culvert.lab.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

final class ProcessState {
  private ProcessState() {}

  /** Whether it has ended; that nobody has reaped it is of no matter. */
  static boolean isGone(ProcessHandle process) {
    try {
      String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
      return stat.contains(") Z ") || !process.isAlive();
    } catch (NoSuchFileException e) {
      return true;
    } catch (IOException e) {
      // It ended while its state was read.
      if (!process.isAlive()) {
        return true;
      }
      throw new UncheckedIOException(e);
    }
  }
}
