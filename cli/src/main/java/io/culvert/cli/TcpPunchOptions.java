package io.culvert.cli;

import static io.culvert.cli.Events.field;

import io.culvert.client.tcppunch.RendezvousAddress;
import io.culvert.client.tcppunch.TcpPunchClient;
import java.net.UnknownHostException;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What all {@code culvert tcppunch} commands take, and how they tell what they have in common. */
final class TcpPunchOptions {
  @Option(
      names = "--server",
      required = true,
      paramLabel = "HOST[:PORT[:AUXPORT]]",
      description =
          "The rendezvous server. Its ports are 40040 and 40041 when not named; "
              + "with one named, the second is the next one.")
  private String server = "";

  @Mixin private EventOptions eventOptions = new EventOptions();

  Events events() {
    return eventOptions.events();
  }

  RendezvousAddress server() throws UnknownHostException {
    try {
      return RendezvousAddress.parse(server);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--server: " + e.getMessage() + ".");
    }
  }

  /** Refuses what can be nobody's name. */
  static void checkName(String what, String name) {
    try {
      TcpPunchClient.checkName(name);
    } catch (IllegalArgumentException e) {
      throw new UsageException(what + ": " + e.getMessage() + ".");
    }
  }

  static void tellOnline(Events events, String id, RendezvousAddress server) {
    events.tell(
        "online",
        "online as %s at %s".formatted(id, server),
        field("id", id),
        field("server", server.toString()));
  }
}
