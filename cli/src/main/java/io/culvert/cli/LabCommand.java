package io.culvert.cli;

import picocli.CommandLine.Command;

/** {@code culvert lab}. */
@Command(
    name = "lab",
    description =
        "Tries on this machine how peers connect: behind real NATs of the kernel, in network "
            + "namespaces that are gone afterwards.",
    subcommands = {LabMatrixCommand.class, LabScenarioCommand.class},
    footer = {"", "Example: culvert lab matrix --kinds port-restricted,symmetric"})
final class LabCommand {}
