package io.culvert.cli;

import io.culvert.client.CulvertException;
import io.culvert.client.Link;
import io.culvert.client.tag.TagClient;
import io.culvert.client.tag.TagListener;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code culvert tag dial}. */
@Command(
    name = "dial",
    description =
        "Dials TAG and talks to who has it. "
            + "What the peer sends goes to stdout, stdin goes to the peer; on a terminal it is a chat. "
            + "The end of stdin ends the connection after everything has been delivered.",
    footer = {"", "Example: culvert tag dial k3f9x2m --server rendezvous.example < letter.txt"})
final class TagDialCommand implements Callable<Integer> {
  @Mixin private TagOptions options = new TagOptions();

  @Parameters(paramLabel = "TAG", description = "Whom to dial: the tag that register has shown.")
  private String tag = "";

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description = "How long the peer may take to answer (default: ${DEFAULT-VALUE}).")
  private int timeoutSeconds;

  @Override
  public Integer call() throws InterruptedException {
    if (timeoutSeconds < 1) {
      throw new UsageException("--timeout takes at least one second.");
    }
    TagOptions.check("TAG", tag);
    Events events = options.events();
    try (TagClient client = options.register(events, TagListener.NOBODY)) {
      long start = System.nanoTime();
      try (Link link =
          TagOptions.link(events, client.dial(tag, Duration.ofSeconds(timeoutSeconds)))) {
        Reports.connected(events, link, Duration.ofNanos(System.nanoTime() - start));
        return Conversation.over(link, events, Conversation.Silence.ENDS_IT).hold();
      }
    } catch (CulvertException e) {
      Reports.failed(events, tag, e);
      return Culvert.DID_NOT_WORK;
    } catch (UnknownHostException e) {
      return Reports.unknownHost(events, e);
    }
  }
}
