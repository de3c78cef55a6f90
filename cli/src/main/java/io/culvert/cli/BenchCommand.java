package io.culvert.cli;

import picocli.CommandLine.Command;

/** {@code culvert bench}. */
@Command(
    name = "bench",
    description = "Measures on this machine what a server costs.",
    subcommands = BenchSignalCommand.class,
    footer = {"", "Example: culvert bench signal"})
final class BenchCommand {}
