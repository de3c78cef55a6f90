package io.culvert.cli;

import picocli.CommandLine.Command;

/** {@code culvert tcppunch}: a plain peer of the protocol. */
@Command(
    name = "tcppunch",
    description =
        "Meets a peer through a tcppunch server and talks to it over a direct TCP connection. "
            + "The connection is not encrypted.",
    subcommands = {TcpPunchOnlineCommand.class, TcpPunchInviteCommand.class},
    footer = {
      "",
      "Example, on two machines:",
      "  culvert tcppunch online bob --server rendezvous.example",
      "  culvert tcppunch invite alice bob --server rendezvous.example"
    })
final class TcpPunchCommand {}
