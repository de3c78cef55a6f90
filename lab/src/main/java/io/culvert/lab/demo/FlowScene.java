package io.culvert.lab.demo;

import io.culvert.client.Link;
import io.culvert.client.flow.FlowClient;
import io.culvert.client.flow.FlowConnection;
import io.culvert.client.flow.FlowListener;
import io.culvert.client.flow.IncomingCall;
import io.culvert.lab.AccountServer;
import io.culvert.lab.ScratchFolder;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Alice calls bob; both have accounts at a server.
 *
 * @param direct whether their NATs let a punch through; if not, they talk through the server
 */
record FlowScene(Stage stage, boolean direct) implements Scene {
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  @Override
  public String title() {
    return "flow, " + stage.description();
  }

  @Override
  public Result play(Narrator narrator) throws Exception {
    CompletableFuture<IncomingCall> ringing = new CompletableFuture<>();
    try (ScratchFolder data = ScratchFolder.make();
        Stage.Set set = narrator.step("server, routers and peers are there", stage::build);
        AccountServer server =
            narrator.step(
                "the server is ready at %s, with accounts for alice and bob"
                    .formatted(set.serverAddress().getHostAddress()),
                () -> set.onServer(() -> serverWithAccounts(set, data)));
        FlowClient bob =
            narrator.step(
                "bob logs in and is online",
                () -> set.onBob(() -> FlowClient.online(server.login("bob"), rings(ringing))));
        FlowClient alice =
            narrator.step(
                "alice as well",
                () ->
                    set.onAlice(
                        () -> FlowClient.online(server.login("alice"), FlowListener.NOBODY)))) {
      long start = System.nanoTime();
      String outcome =
          direct
              ? talk(narrator, server, alice, bob.account(), ringing)
              : talkThroughRelay(narrator, alice, bob.account(), ringing);
      return new Result(outcome, Duration.ofNanos(System.nanoTime() - start));
    }
  }

  private static String talk(
      Narrator narrator,
      AccountServer server,
      FlowClient alice,
      String bob,
      CompletableFuture<IncomingCall> ringing)
      throws Exception {
    CompletableFuture<FlowConnection> alices = alice.callAsync(bob, PATIENCE);
    IncomingCall call = narrator.step("alice calls bob, and it rings", () -> await(ringing));
    CompletableFuture<FlowConnection> bobs = call.accept();
    try (Link toBob =
            narrator.step(
                "bob takes the call, and TCP opens through both routers",
                () -> stream(await(alices)));
        Link toAlice = stream(await(bobs))) {
      return Conversation.play(narrator, toBob, toAlice, server);
    }
  }

  private static String talkThroughRelay(
      Narrator narrator, FlowClient alice, String bob, CompletableFuture<IncomingCall> ringing)
      throws Exception {
    CompletableFuture<FlowConnection> alices = alice.callAsync(bob, PATIENCE);
    IncomingCall call = narrator.step("alice calls bob, and it rings", () -> await(ringing));
    CompletableFuture<FlowConnection> bobs = call.accept();
    FlowConnection toBob =
        narrator.step(
            "bob takes the call; they try UDP and TCP, and fall back on the server's relay",
            () -> await(alices));
    try (Link alicesLink = toBob.link();
        Link bobsLink = await(bobs).link()) {
      return switch (toBob) {
        case FlowConnection.Datagrams(Link _, String why) ->
            Conversation.playRelayed(narrator, alicesLink, bobsLink, why);
        case FlowConnection.Stream(Link stream) ->
            throw new IOException(
                "TCP to " + stream.remote() + ", which these NATs should not allow");
      };
    }
  }

  private static AccountServer serverWithAccounts(Stage.Set set, ScratchFolder data)
      throws Exception {
    AccountServer.prepare(data.path(), "alice", "bob");
    return AccountServer.start(set.serverAddress(), data.path());
  }

  private static FlowListener rings(CompletableFuture<IncomingCall> ringing) {
    return new FlowListener() {
      @Override
      public void onCall(IncomingCall call) {
        ringing.complete(call);
      }
    };
  }

  private static <T> T await(CompletableFuture<T> future) throws Exception {
    return future.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private static Link stream(FlowConnection connection) throws IOException {
    return switch (connection) {
      case FlowConnection.Stream(Link link) -> link;
      case FlowConnection.Datagrams(Link _, String whyNotReliable) ->
          throw new IOException(whyNotReliable);
    };
  }
}
