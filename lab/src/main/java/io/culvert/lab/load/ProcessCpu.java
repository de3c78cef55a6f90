package io.culvert.lab.load;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/**
 * The CPU time of a process on this machine. The threads' own figures ({@code
 * /proc/PID/task/TID/schedstat}) are exact to the nanosecond, where {@code /proc/PID/stat} counts
 * in hundredths of a second; what a thread has used that has ended since is missing.
 */
final class ProcessCpu {
  private ProcessCpu() {}

  /** What its threads have used so far, in nanoseconds; 0 when there is no such process here. */
  static long nanos(long pid) throws IOException {
    Path tasks = Path.of("/proc", Long.toString(pid), "task");
    if (pid == 0 || !Files.isDirectory(tasks)) {
      return 0;
    }
    long sum = 0;
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
      for (Path thread : threads) {
        sum += ofThread(thread);
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return sum;
  }

  private static long ofThread(Path thread) throws IOException {
    try {
      return runTime(Files.readString(thread.resolve("schedstat")));
    } catch (NoSuchFileException e) {
      return 0; // it has just ended
    }
  }

  /** The first of the three numbers. */
  static long runTime(String schedstat) {
    return Long.parseLong(schedstat.substring(0, schedstat.indexOf(' ')));
  }
}
