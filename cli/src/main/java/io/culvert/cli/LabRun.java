package io.culvert.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.culvert.lab.net.Lab;
import io.culvert.lab.net.LabAvailability.Impossible;
import io.culvert.lab.net.LabAvailability.InOwnProcess;
import io.culvert.lab.net.LabAvailability.Ready;
import io.culvert.lab.net.LabProcess;
import java.util.concurrent.Callable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Model.CommandSpec;

/** Runs a command where there can be laboratories. */
final class LabRun {
  private LabRun() {}

  /** Runs that here, or the whole command anew in a process of its own; returns the exit code. */
  static int run(CommandSpec command, Callable<Integer> inLab) throws Exception {
    return switch (Lab.availability()) {
      case Ready() -> {
        quiet();
        yield inLab.call();
      }
      case InOwnProcess _ ->
          LabProcess.run(
              Culvert.class, command.root().commandLine().getParseResult().originalArgs());
      case Impossible(String sentence) -> {
        System.err.println("culvert: " + sentence);
        yield Culvert.DID_NOT_WORK;
      }
    };
  }

  /** Servers come and go by the dozen: only what is wrong with them is of interest. */
  static void quiet() {
    if (LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME) instanceof Logger root) {
      root.setLevel(Level.WARN);
    }
  }
}
