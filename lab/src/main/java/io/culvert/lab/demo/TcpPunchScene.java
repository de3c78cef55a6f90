package io.culvert.lab.demo;

import io.culvert.client.Link;
import io.culvert.client.tcppunch.RendezvousAddress;
import io.culvert.client.tcppunch.TcpPunchClient;
import io.culvert.client.tcppunch.TcpPunchListener;
import io.culvert.server.config.ServerConfig.TcpPunchConfig;
import io.culvert.server.tcppunch.TcpPunchServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Alice invites bob through a tcppunch server.
 *
 * @param connects whether their NATs let a punch through; if not, it must fail and say why
 */
record TcpPunchScene(Stage stage, boolean connects) implements Scene {
  private static final TcpPunchConfig ANY_PORTS = new TcpPunchConfig(true, 0, 0, 100);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  @Override
  public String title() {
    return "tcppunch, " + stage.description();
  }

  @Override
  public Result play(Narrator narrator) throws Exception {
    CompletableFuture<Link> bobsLink = new CompletableFuture<>();
    try (Stage.Set set = narrator.step("server, routers and peers are there", stage::build);
        TcpPunchServer server =
            narrator.step(
                "the server is ready at " + set.serverAddress().getHostAddress(),
                () ->
                    set.onServer(
                        () -> TcpPunchServer.start(List.of(set.serverAddress()), ANY_PORTS)));
        TcpPunchClient bob =
            narrator.step(
                "bob is online",
                () ->
                    set.onBob(
                        () -> TcpPunchClient.online(addressOf(server), "bob", accept(bobsLink))));
        TcpPunchClient alice =
            narrator.step(
                "alice is online",
                () -> set.onAlice(() -> TcpPunchClient.online(addressOf(server), "alice")))) {
      long start = System.nanoTime();
      String outcome =
          connects
              ? talk(narrator, server, alice, bobsLink)
              : Conversation.fallsThrough(
                  narrator,
                  "alice invites bob, they punch, and give up",
                  () -> alice.invite(bob.id(), PATIENCE));
      return new Result(outcome, Duration.ofNanos(System.nanoTime() - start));
    }
  }

  private static String talk(
      Narrator narrator,
      TcpPunchServer server,
      TcpPunchClient alice,
      CompletableFuture<Link> bobsLink)
      throws Exception {
    try (Link toBob =
            narrator.step(
                "alice invites bob, and they punch", () -> alice.invite("bob", PATIENCE));
        Link toAlice = bobsLink.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      return Conversation.play(narrator, toBob, toAlice, server);
    }
  }

  private static RendezvousAddress addressOf(TcpPunchServer server) {
    return new RendezvousAddress(server.mainAddress(), server.auxAddress());
  }

  private static TcpPunchListener accept(CompletableFuture<Link> link) {
    return new TcpPunchListener() {
      @Override
      public void onLink(Link opened) {
        link.complete(opened);
      }
    };
  }
}
