package io.culvert.cli;

import picocli.CommandLine.Command;

/** {@code culvert bench}. */
@Command(
    name = "bench",
    description = "Measures on this machine what a server costs, and how fast peers are.",
    subcommands = {
      BenchRelayCommand.class,
      BenchBindingCommand.class,
      BenchAllocateCommand.class,
      BenchSignalCommand.class,
      BenchConnectCommand.class,
      BenchThroughputCommand.class
    },
    footer = {"", "Example: culvert bench relay"})
final class BenchCommand {}
