package io.culvert.cli;

import static io.culvert.cli.Events.field;

import io.culvert.client.CulvertException;
import io.culvert.client.Link;
import io.culvert.client.tag.TagClient;
import io.culvert.client.tag.TagConnection;
import io.culvert.client.tag.TagListener;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code culvert tag register}. */
@Command(
    name = "register",
    description =
        "Gets a tag, takes calls and talks to the first caller that gets through. "
            + "What the peer sends goes to stdout, stdin goes to the peer; on a terminal it is a chat. "
            + "The end of stdin ends the connection after everything has been delivered; a stdin that is "
            + "empty from the start, as that of a background job, just has nothing to say.",
    footer = {"", "Example: culvert tag register --server rendezvous.example"})
final class TagRegisterCommand implements Callable<Integer> {
  @Mixin private TagOptions options = new TagOptions();

  @Override
  public Integer call() throws InterruptedException {
    Events events = options.events();
    FirstLink first = new FirstLink(events);
    try (TagClient client = options.register(events, new Calls(events, first));
        Link link = first.await()) {
      return Conversation.over(link, events, Conversation.Silence.IS_FINE).hold();
    } catch (CulvertException e) {
      Reports.failed(events, e);
      return Culvert.DID_NOT_WORK;
    } catch (UnknownHostException e) {
      return Reports.unknownHost(events, e);
    }
  }

  /** Takes calls until one of them has led to a link. */
  private record Calls(Events events, FirstLink first) implements TagListener {
    @Override
    public Optional<String> refusal(InetSocketAddress caller) {
      if (!first.isWanted()) {
        return Optional.of("talks to somebody else");
      }
      String peer = show(caller);
      first.begins(peer);
      events.tell("called", peer + " calls", field("peer", peer));
      return Optional.empty();
    }

    @Override
    public void onConnection(TagConnection connection) {
      first.comes(TagOptions.link(events, connection));
    }

    @Override
    public void onFailure(InetSocketAddress caller, CulvertException why) {
      first.fails(show(caller), why);
    }

    @Override
    public void onRegisteredAgain(String tag) {
      TagOptions.tellOnline(events, tag);
    }

    @Override
    public void onOffline(CulvertException why) {
      events.tell(
          "offline",
          "offline: %s Trying again.".formatted(why.getMessage()),
          field("message", String.valueOf(why.getMessage())));
    }

    private static String show(InetSocketAddress caller) {
      return caller.getAddress().getHostAddress() + ":" + caller.getPort();
    }
  }
}
