package io.culvert.cli;

import static io.culvert.cli.Events.field;

import io.culvert.client.CulvertException;
import io.culvert.client.Link;
import io.culvert.client.flow.FlowClient;
import io.culvert.client.flow.FlowConnection;
import io.culvert.client.flow.FlowListener;
import io.culvert.client.flow.FlowLogin;
import io.culvert.client.flow.IncomingCall;
import java.io.Console;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code culvert listen}. */
@Command(
    name = "listen",
    description =
        "Waits for calls and talks to the first caller that gets through, directly. "
            + "On a terminal it asks before it takes a call, and is a chat then; in a pipe it takes the "
            + "first: what the peer sends goes to stdout, stdin goes to the peer. "
            + "The end of stdin ends the call after everything has been delivered; a stdin that is empty "
            + "from the start, as that of a background job, just has nothing to say. "
            + "What is said is not yet end-to-end encrypted.",
    footer = {
      "",
      "Example: culvert listen",
      "         culvert listen --server rendezvous.example --account bob --password-file pw"
    })
final class ListenCommand implements Callable<Integer> {
  @Mixin private FlowOptions options = new FlowOptions();

  @Override
  public Integer call() throws IOException, InterruptedException {
    Events events = options.events();
    FlowLogin login = options.login();
    FirstLink first = new FirstLink(events);
    Question question = isTerminal() ? new Question(events) : null;
    Calls calls = new Calls(events, login, first, question);
    try (FlowClient client = FlowOptions.goOnline(events, login, calls);
        Link link = first.await()) {
      return Conversation.over(link, events, Conversation.Silence.IS_FINE).hold();
    } catch (CulvertException e) {
      Reports.failed(events, e);
      return Culvert.DID_NOT_WORK;
    }
  }

  private static boolean isTerminal() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).isPresent();
  }

  /**
   * Takes calls until one of them has led to a link.
   *
   * @param question asks the person first, if there is one
   */
  private record Calls(Events events, FlowLogin login, FirstLink first, @Nullable Question question)
      implements FlowListener {
    @Override
    public void onCall(IncomingCall call) {
      if (!first.isWanted()) {
        call.busy();
        return;
      }
      events.tell("ringing", call.caller() + " calls", field("peer", call.caller()));
      if (question == null) {
        take(call);
        return;
      }
      question.ask(
          "Take the call?",
          yes -> {
            if (yes) {
              take(call);
            } else {
              call.refuse();
            }
          });
      call.missed().thenAccept(why -> missed(call, why));
    }

    private void missed(IncomingCall call, CulvertException why) {
      if (question != null) {
        question.withdraw();
      }
      Reports.failed(events, call.caller(), why);
    }

    private void take(IncomingCall call) {
      first.begins(call.caller());
      call.accept()
          .whenComplete((connection, why) -> {
            if (connection != null) {
              connected(connection);
            } else if (why instanceof CulvertException e) {
              first.fails(call.caller(), e);
            }
          });
    }

    private void connected(FlowConnection connection) {
      first.comes(FlowOptions.link(events, connection));
    }

    @Override
    public void onOnlineAgain() {
      FlowOptions.tellOnline(events, login.account(), login.server());
    }

    @Override
    public void onOffline(CulvertException why) {
      events.tell(
          "offline",
          "offline: %s Trying again.".formatted(why.getMessage()),
          field("message", String.valueOf(why.getMessage())));
    }

    @Override
    public void onEnded(CulvertException why) {
      first.isLast(why);
    }
  }
}
