package io.culvert.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The {@code culvert} command. */
@Command(
    name = "culvert",
    description = "Connects two machines behind NATs directly.",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    scope = ScopeType.INHERIT,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {
      DemoCommand.class,
      ServerCommand.class,
      AccountCommand.class,
      TcpPunchCommand.class,
      TagCommand.class,
      LoginCommand.class,
      LogoutCommand.class,
      ListenCommand.class,
      CallCommand.class,
      LabCommand.class,
      BenchCommand.class,
      HelpCommand.class
    },
    footer = {"", "Example: culvert demo"},
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:worked", "1:did not work", "2:used wrongly"})
public final class Culvert {
  static final int WORKED = 0;
  static final int DID_NOT_WORK = 1;
  static final int USED_WRONGLY = 2;

  @Option(
      names = "--debug",
      scope = ScopeType.INHERIT,
      description = "Shows where an error comes from.")
  private boolean debug;

  /** Runs a command and ends the process with its exit code. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  /** Runs a command and returns its exit code. */
  static int run(String... args) {
    Culvert culvert = new Culvert();
    CommandLine line = new CommandLine(culvert).setCaseInsensitiveEnumValuesAllowed(true);
    line.setParameterExceptionHandler((e, arguments) -> Errors.usage(e));
    line.setExecutionExceptionHandler((e, command, result) -> Errors.report(e, culvert.debug));
    line.setExecutionStrategy(parsed -> {
      // A command that only groups others has nothing to run: its help says what there is.
      CommandLine last = parsed.asCommandLineList().getLast();
      if (last.getCommand() instanceof Runnable || last.getCommand() instanceof Callable<?>) {
        return new CommandLine.RunLast().execute(parsed);
      }
      Integer help = CommandLine.executeHelpRequest(parsed);
      if (help != null) {
        return help;
      }
      last.usage(last.getErr());
      return USED_WRONGLY;
    });
    return line.execute(args);
  }
}
