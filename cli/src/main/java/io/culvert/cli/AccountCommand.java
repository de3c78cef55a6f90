package io.culvert.cli;

import picocli.CommandLine.Command;

/** {@code culvert account}: who may log in. */
@Command(
    name = "account",
    description =
        "Administers the accounts of a server, which may be running meanwhile: "
            + "it notices within a second.",
    subcommands = {
      AccountAddCommand.class,
      AccountListCommand.class,
      AccountPasswordCommand.class,
      AccountDisableCommand.class,
      AccountEnableCommand.class,
      AccountRemoveCommand.class
    },
    footer = {"", "Example: culvert account add alice"})
final class AccountCommand {}
