package io.culvert.cli;

import static io.culvert.cli.Events.field;

import io.culvert.client.CulvertException;
import io.culvert.client.Link;
import io.culvert.client.ServerAddress;
import io.culvert.client.tag.TagClient;
import io.culvert.client.tag.TagConnection;
import io.culvert.client.tag.TagListener;
import java.net.UnknownHostException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What all {@code culvert tag} commands take, and how they tell what they have in common. */
final class TagOptions {
  @Option(
      names = "--server",
      required = true,
      paramLabel = "HOST[:PORT]",
      description = "The tag server; its UDP port is 20000 when not named.")
  private String server = "";

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "A name that the server may show to its operator.")
  private @Nullable String name;

  @Mixin private EventOptions eventOptions = new EventOptions();

  Events events() {
    return eventOptions.events();
  }

  /** Registers and tells the tag. */
  TagClient register(Events events, TagListener listener)
      throws CulvertException, InterruptedException, UnknownHostException {
    if (name != null) {
      check("--name", name);
    }
    ServerAddress address = address();
    TagClient client =
        TagClient.register(address.resolveIpv4(), Optional.ofNullable(name), listener);
    tellOnline(events, client.tag());
    return client;
  }

  static void tellOnline(Events events, String tag) {
    events.tell("online", "online, others dial " + tag, field("tag", tag));
  }

  /** Refuses what can be nobody's tag or name. */
  static void check(String what, String text) {
    try {
      TagClient.checkTag(text);
    } catch (IllegalArgumentException e) {
      throw new UsageException(what + ": " + e.getMessage() + ".");
    }
  }

  /** The link of a connection, after saying what may be amiss with it. */
  static Link link(Events events, TagConnection connection) {
    return switch (connection) {
      case TagConnection.Tcp(Link link, String _) -> link;
      case TagConnection.Udp(Link link, String why) -> {
        Reports.onlyDatagrams(events, why);
        yield link;
      }
    };
  }

  private ServerAddress address() {
    try {
      return ServerAddress.parse(server, TagClient.DEFAULT_PORT);
    } catch (IllegalArgumentException e) {
      throw new UsageException("--server: " + e.getMessage() + ".");
    }
  }
}
