package io.culvert.lab.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.Link;
import io.culvert.client.tcppunch.RendezvousAddress;
import io.culvert.client.tcppunch.TcpPunchClient;
import io.culvert.client.tcppunch.TcpPunchListener;
import io.culvert.server.config.ServerConfig.TcpPunchConfig;
import io.culvert.server.tcppunch.TcpPunchServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
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
          connects ? talk(narrator, server, alice, bobsLink) : giveUp(narrator, alice, bob.id());
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
      String path = toBob.path().name().toLowerCase(Locale.ROOT);
      narrator.say(
          "a TCP connection to %s:%d, %s path"
              .formatted(
                  toBob.remote().getAddress().getHostAddress(), toBob.remote().getPort(), path));
      narrator.step(
          "alice: \"Are you there?\"  bob: \"Right behind my router.\"",
          () -> {
            say(toBob, toAlice, "Are you there?");
            say(toAlice, toBob, "Right behind my router.");
            return path;
          });
      narrator.step("the server stops", () -> stop(server));
      narrator.step(
          "alice: \"Still there?\"  bob: \"We need no server any more.\"",
          () -> {
            say(toBob, toAlice, "Still there?");
            say(toAlice, toBob, "We need no server any more.");
            return path;
          });
      return "talked directly, " + path + " path";
    }
  }

  private static String giveUp(Narrator narrator, TcpPunchClient alice, String bob)
      throws Exception {
    CulvertException why =
        narrator.step(
            "alice invites bob, they punch, and give up",
            () -> {
              try (Link link = alice.invite(bob, PATIENCE)) {
                throw new IllegalStateException(
                    "connected to " + link.remote() + ", which these NATs should not allow");
              } catch (CulvertException e) {
                return e;
              }
            });
    narrator.say(String.valueOf(why.getMessage()));
    if (why.reason() != Reason.NOT_PUNCHED) {
      throw why;
    }
    return "no way through, and it says why";
  }

  private static void say(Link from, Link to, String text)
      throws IOException, InterruptedException {
    from.send(text.getBytes(UTF_8));
    byte[] heard = to.receive();
    if (heard == null || !text.equals(new String(heard, UTF_8))) {
      throw new IOException("\"" + text + "\" did not arrive");
    }
  }

  private static boolean stop(TcpPunchServer server) {
    server.close();
    return true;
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
