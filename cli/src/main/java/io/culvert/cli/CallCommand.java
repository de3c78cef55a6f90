package io.culvert.cli;

import static io.culvert.cli.Events.field;

import io.culvert.client.CulvertException;
import io.culvert.client.Link;
import io.culvert.client.flow.FlowClient;
import io.culvert.client.flow.FlowConnection;
import io.culvert.client.flow.FlowListener;
import io.culvert.client.flow.FlowLogin;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code culvert call}. */
@Command(
    name = "call",
    description =
        "Calls PEER, an account that listens, and talks to it: directly where the NATs "
            + "let that through, and through the server's relay where they do not. "
            + "What the peer sends goes to stdout, stdin goes to the peer; on a terminal it is a chat. "
            + "The end of stdin ends the call after everything has been delivered. "
            + "What is said is not yet end-to-end encrypted.",
    footer = {
      "",
      "Example: culvert call bob",
      "         culvert call bob --server rendezvous.example --account alice --password-file pw"
    })
final class CallCommand implements Callable<Integer> {
  @Mixin private FlowOptions options = new FlowOptions();

  @Parameters(paramLabel = "PEER", description = "The account to call.")
  private String peer = "";

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "40",
      description = "How long to let it ring (default: ${DEFAULT-VALUE}, which is the most).")
  private int timeoutSeconds;

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (timeoutSeconds < 1 || timeoutSeconds > 40) {
      throw new UsageException("--timeout takes 1 to 40 seconds.");
    }
    Events events = options.events();
    FlowLogin login = options.login();
    try (FlowClient client = FlowOptions.goOnline(events, login, FlowListener.NOBODY)) {
      long start = System.nanoTime();
      events.tell("ringing", "calling " + peer, field("peer", peer));
      try (Link link = FlowOptions.link(events, connect(client))) {
        Reports.connected(events, link, Duration.ofNanos(System.nanoTime() - start));
        return Conversation.over(link, events, Conversation.Silence.ENDS_IT).hold();
      }
    } catch (CulvertException e) {
      Reports.failed(events, peer, e);
      return Culvert.DID_NOT_WORK;
    }
  }

  private FlowConnection connect(FlowClient client) throws CulvertException, InterruptedException {
    try {
      return client.call(peer, Duration.ofSeconds(timeoutSeconds));
    } catch (IllegalArgumentException e) {
      throw new UsageException("PEER: " + e.getMessage() + ".");
    }
  }
}
