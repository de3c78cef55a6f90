package io.culvert.cli;

import io.culvert.client.CulvertException;
import io.culvert.client.Link;
import io.culvert.client.tcppunch.RendezvousAddress;
import io.culvert.client.tcppunch.TcpPunchClient;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code culvert tcppunch invite}. */
@Command(
    name = "invite",
    description =
        "Goes online as ID, invites PEER and talks to it. "
            + "What the peer sends goes to stdout, stdin goes to the peer; on a terminal it is a chat. "
            + "The end of stdin ends the connection after everything has been delivered.",
    footer = {
      "",
      "Example: culvert tcppunch invite alice bob --server rendezvous.example < letter.txt"
    })
final class TcpPunchInviteCommand implements Callable<Integer> {
  @Mixin private TcpPunchOptions options = new TcpPunchOptions();

  @Parameters(index = "0", paramLabel = "ID", description = "The name to be online under.")
  private String id = "";

  @Parameters(index = "1", paramLabel = "PEER", description = "Whom to invite.")
  private String peer = "";

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "30",
      description = "How long the peer may take to accept (default: ${DEFAULT-VALUE}).")
  private int timeoutSeconds;

  @Override
  public Integer call() throws InterruptedException {
    if (timeoutSeconds < 1) {
      throw new UsageException("--timeout takes at least one second.");
    }
    if (id.equals(peer)) {
      throw new UsageException("ID and PEER are the same; nobody can invite himself.");
    }
    TcpPunchOptions.checkName("ID", id);
    TcpPunchOptions.checkName("PEER", peer);
    Events events = options.events();
    try {
      return meet(options.server(), events);
    } catch (UnknownHostException e) {
      return Reports.unknownHost(events, e);
    }
  }

  private int meet(RendezvousAddress server, Events events) throws InterruptedException {
    try (TcpPunchClient client = TcpPunchClient.online(server, id)) {
      TcpPunchOptions.tellOnline(events, id, server);
      long start = System.nanoTime();
      try (Link link = client.invite(peer, Duration.ofSeconds(timeoutSeconds))) {
        Reports.connected(events, link, Duration.ofNanos(System.nanoTime() - start));
        return Conversation.over(link, events, Conversation.Silence.ENDS_IT).hold();
      }
    } catch (CulvertException e) {
      Reports.failed(events, peer, e);
      return Culvert.DID_NOT_WORK;
    }
  }
}
