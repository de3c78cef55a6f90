package io.culvert.cli;

import static io.culvert.cli.Events.field;

import io.culvert.client.CulvertException;
import io.culvert.client.Link;
import io.culvert.client.tcppunch.RendezvousAddress;
import io.culvert.client.tcppunch.TcpPunchClient;
import io.culvert.client.tcppunch.TcpPunchListener;
import java.net.UnknownHostException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code culvert tcppunch online}. */
@Command(
    name = "online",
    description =
        "Goes online as ID, accepts invitations and talks to the first peer that gets through. "
            + "What the peer sends goes to stdout, stdin goes to the peer; on a terminal it is a chat. "
            + "The end of stdin ends the connection after everything has been delivered; a stdin that is "
            + "empty from the start, as that of a background job, just has nothing to say.",
    footer = {"", "Example: culvert tcppunch online bob --server rendezvous.example"})
final class TcpPunchOnlineCommand implements Callable<Integer> {
  @Mixin private TcpPunchOptions options = new TcpPunchOptions();

  @Parameters(paramLabel = "ID", description = "The name to be online under.")
  private String id = "";

  @Override
  public Integer call() throws InterruptedException {
    TcpPunchOptions.checkName("ID", id);
    Events events = options.events();
    try {
      return meet(options.server(), events);
    } catch (UnknownHostException e) {
      return Reports.unknownHost(events, e);
    }
  }

  private int meet(RendezvousAddress server, Events events) throws InterruptedException {
    FirstLink first = new FirstLink(events);
    try (TcpPunchClient client =
        TcpPunchClient.online(server, id, new Invitations(events, first))) {
      TcpPunchOptions.tellOnline(events, client.id(), server);
      try (Link link = first.await()) {
        return Conversation.over(link, events, Conversation.Silence.IS_FINE).hold();
      }
    } catch (CulvertException e) {
      Reports.failed(events, e);
      return Culvert.DID_NOT_WORK;
    }
  }

  /** Accepts invitations until one of them has led to a link. */
  private record Invitations(Events events, FirstLink first) implements TcpPunchListener {
    @Override
    public boolean onInvitation(String peer) {
      if (!first.isWanted()) {
        return false;
      }
      first.begins(peer);
      events.tell("invited", peer + " invites you", field("peer", peer));
      return true;
    }

    @Override
    public void onLink(Link candidate) {
      first.comes(candidate);
    }

    @Override
    public void onFailure(String peer, CulvertException why) {
      first.fails(peer, why);
    }

    @Override
    public void onOffline(CulvertException why) {
      first.isLast(why);
    }
  }
}
