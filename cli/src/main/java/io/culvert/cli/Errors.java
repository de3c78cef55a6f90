package io.culvert.cli;

import io.culvert.client.CulvertException;
import io.culvert.lab.bench.BenchException;
import io.culvert.lab.net.LabException;
import io.culvert.server.account.StoreException;
import io.culvert.server.config.ConfigException;
import io.culvert.server.net.ServerStartException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns what went wrong into a sentence and an exit code. */
final class Errors {
  private Errors() {}

  static int usage(ParameterException e) {
    CommandLine command = e.getCommandLine();
    command.getErr().println("culvert: " + e.getMessage());
    UnmatchedArgumentException.printSuggestions(e, command.getErr());
    command
        .getErr()
        .println("Try " + command.getCommandSpec().qualifiedName() + " --help for what it takes.");
    return Culvert.USED_WRONGLY;
  }

  static int report(Exception e, boolean debug) {
    if (debug) {
      e.printStackTrace();
    }
    return switch (e) {
      case ConfigException _, ServerStartException _, UsageException _ -> {
        say(e);
        yield Culvert.USED_WRONGLY;
      }
      case CulvertException _, LabException _, BenchException _, StoreException _ -> {
        say(e);
        yield Culvert.DID_NOT_WORK;
      }
      default -> {
        System.err.println("culvert: " + e + (debug ? "" : " (--debug shows more)"));
        yield Culvert.DID_NOT_WORK;
      }
    };
  }

  private static void say(Exception e) {
    System.err.println("culvert: " + e.getMessage());
  }
}
