package io.culvert.cli;

import static io.culvert.cli.Events.field;

import io.culvert.client.CulvertException;
import io.culvert.client.Link;
import io.culvert.client.tcppunch.RendezvousAddress;
import io.culvert.client.tcppunch.TcpPunchClient;
import io.culvert.client.tcppunch.TcpPunchListener;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code culvert tcppunch online}. */
@Command(
    name = "online",
    description = {
      "Goes online as ID, accepts invitations and talks to the first peer that gets through.",
      "What the peer sends goes to stdout, stdin goes to the peer; on a terminal it is a chat.",
      "The end of stdin ends the connection after everything has been delivered; a stdin that is",
      "empty from the start, as that of a background job, just has nothing to say."
    },
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
      return TcpPunchOptions.unknownHost(events, e);
    }
  }

  private int meet(RendezvousAddress server, Events events) throws InterruptedException {
    FirstLink first = new FirstLink(events);
    try (TcpPunchClient client = TcpPunchClient.online(server, id, first)) {
      TcpPunchOptions.tellOnline(events, client.id(), server);
      try (Link link = first.await()) {
        return Conversation.over(link, events, Conversation.Silence.IS_FINE).hold();
      }
    } catch (CulvertException e) {
      TcpPunchOptions.tellFailed(events, e);
      return Culvert.DID_NOT_WORK;
    }
  }

  /** Accepts invitations until one of them has led to a link; lives on the client's event loop. */
  private static final class FirstLink implements TcpPunchListener {
    private final Events events;
    private final CompletableFuture<Link> link = new CompletableFuture<>();
    private final Map<String, Long> invitedAt = new HashMap<>();
    private @Nullable CulvertException offline;

    FirstLink(Events events) {
      this.events = events;
    }

    Link await() throws CulvertException, InterruptedException {
      try {
        return link.get();
      } catch (ExecutionException e) {
        if (e.getCause() instanceof CulvertException why) {
          throw why;
        }
        throw new IllegalStateException(e);
      }
    }

    @Override
    public boolean onInvitation(String peer) {
      if (link.isDone()) {
        return false;
      }
      invitedAt.put(peer, System.nanoTime());
      events.tell("invited", peer + " invites you", field("peer", peer));
      return true;
    }

    @Override
    public void onLink(Link candidate) {
      Long start = invitedAt.remove(candidate.peer());
      if (start == null || !link.complete(candidate)) {
        candidate.abort();
        return;
      }
      TcpPunchOptions.tellConnected(events, candidate, Duration.ofNanos(System.nanoTime() - start));
    }

    @Override
    public void onFailure(String peer, CulvertException why) {
      invitedAt.remove(peer);
      TcpPunchOptions.tellFailed(events, peer, why);
      giveUpWhenOffline();
    }

    @Override
    public void onOffline(CulvertException why) {
      offline = why;
      giveUpWhenOffline();
    }

    /** A punch that is under way needs no server any more. */
    private void giveUpWhenOffline() {
      if (offline != null && invitedAt.isEmpty()) {
        link.completeExceptionally(offline);
      }
    }
  }
}
