package io.culvert.cli;

import picocli.CommandLine.Command;

/** {@code culvert tag}: a plain peer of the protocol. */
@Command(
    name = "tag",
    description =
        "Meets a peer through a tag server: a UDP hole is opened first, then TCP on the same ports. "
            + "Where TCP does not pass, datagrams are sent through the hole. Nothing is encrypted.",
    subcommands = {TagRegisterCommand.class, TagDialCommand.class, TagListCommand.class},
    footer = {
      "",
      "Example, on two machines:",
      "  culvert tag register --server rendezvous.example",
      "  culvert tag dial k3f9x2m --server rendezvous.example"
    })
final class TagCommand {}
