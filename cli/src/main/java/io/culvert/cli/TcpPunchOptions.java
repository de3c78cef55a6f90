package io.culvert.cli;

import static io.culvert.cli.Events.field;

import io.culvert.client.CulvertException;
import io.culvert.client.Link;
import io.culvert.client.tcppunch.RendezvousAddress;
import io.culvert.client.tcppunch.TcpPunchClient;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import picocli.CommandLine.Option;

/** What all {@code culvert tcppunch} commands take, and how they tell what they have in common. */
final class TcpPunchOptions {
  @Option(
      names = "--server",
      required = true,
      paramLabel = "HOST[:PORT[:AUXPORT]]",
      description = {
        "The rendezvous server. Its ports are 40040 and 40041 when not named;",
        "with one named, the second is the next one."
      })
  private String server = "";

  @Option(names = "--json", description = "Tells events as JSON objects on stderr, a line each.")
  private boolean json;

  Events events() {
    return new Events(System.err, json);
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

  static void tellConnected(Events events, Link link, Duration took) {
    String path = link.path().name().toLowerCase(Locale.ROOT);
    String remote = link.remote().getAddress().getHostAddress() + ":" + link.remote().getPort();
    events.tell(
        "connected",
        "connected to %s at %s (%s path, %d ms, not encrypted)"
            .formatted(link.peer(), remote, path, took.toMillis()),
        field("peer", link.peer()),
        field("path", path),
        field("remote", remote),
        field("ms", took.toMillis()));
  }

  static void tellFailed(Events events, String peer, CulvertException why) {
    events.tell(
        "failed",
        "failed: " + why.getMessage(),
        field("peer", peer),
        field("reason", reason(why)),
        field("message", String.valueOf(why.getMessage())));
  }

  /** Tells that there is no such server, and returns the exit code. */
  static int unknownHost(Events events, UnknownHostException why) {
    String sentence = "The host " + why.getMessage() + ".";
    events.tell(
        "failed",
        "failed: " + sentence,
        field("reason", "server-unreachable"),
        field("message", sentence));
    return Culvert.DID_NOT_WORK;
  }

  static void tellFailed(Events events, CulvertException why) {
    events.tell(
        "failed",
        "failed: " + why.getMessage(),
        field("reason", reason(why)),
        field("message", String.valueOf(why.getMessage())));
  }

  private static String reason(CulvertException why) {
    return why.reason().name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
