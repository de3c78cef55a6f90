package io.culvert.lab.demo;

import io.culvert.client.Link;
import io.culvert.client.tag.TagClient;
import io.culvert.client.tag.TagConnection;
import io.culvert.client.tag.TagListener;
import io.culvert.server.config.ServerConfig.TagConfig;
import io.culvert.server.tag.TagServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Alice dials bob's tag at a tag server.
 *
 * @param connects whether their NATs let a punch through; if not, it must fail and say why
 */
record TagScene(Stage stage, boolean connects) implements Scene {
  private static final TagConfig ANY_PORT = new TagConfig(true, 0);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  @Override
  public String title() {
    return "tag, " + stage.description();
  }

  @Override
  public Result play(Narrator narrator) throws Exception {
    CompletableFuture<TagConnection> bobs = new CompletableFuture<>();
    try (Stage.Set set = narrator.step("server, routers and peers are there", stage::build);
        TagServer server =
            narrator.step(
                "the server is ready at " + set.serverAddress().getHostAddress(),
                () -> set.onServer(() -> TagServer.start(List.of(set.serverAddress()), ANY_PORT)));
        TagClient bob =
            narrator.step(
                "bob registers and gets a tag",
                () -> set.onBob(() -> register(server, "bob", accept(bobs))));
        TagClient alice =
            narrator.step(
                "alice registers as well",
                () -> set.onAlice(() -> register(server, "alice", TagListener.NOBODY)))) {
      long start = System.nanoTime();
      String outcome =
          connects
              ? talk(narrator, server, alice, bob.tag(), bobs)
              : Conversation.fallsThrough(
                  narrator,
                  "alice dials " + bob.tag() + ", they probe for a UDP hole, and give up",
                  () -> alice.dial(bob.tag(), PATIENCE).link());
      return new Result(outcome, Duration.ofNanos(System.nanoTime() - start));
    }
  }

  private static String talk(
      Narrator narrator,
      TagServer server,
      TagClient alice,
      String tag,
      CompletableFuture<TagConnection> bobs)
      throws Exception {
    TagConnection alices =
        narrator.step(
            "alice dials " + tag + ": a UDP hole first, then TCP through it",
            () -> alice.dial(tag, PATIENCE));
    try (Link toBob = alices.link();
        Link toAlice = bobs.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).link()) {
      return switch (alices) {
        case TagConnection.Tcp _ -> Conversation.play(narrator, toBob, toAlice, server);
        case TagConnection.Udp(Link _, String whyNotTcp) -> throw new IOException(whyNotTcp);
      };
    }
  }

  private static TagClient register(TagServer server, String name, TagListener listener)
      throws IOException, InterruptedException {
    InetSocketAddress address = server.listeners().getFirst().address();
    return TagClient.register(address, Optional.of(name), listener);
  }

  private static TagListener accept(CompletableFuture<TagConnection> connection) {
    return new TagListener() {
      @Override
      public void onConnection(TagConnection opened) {
        connection.complete(opened);
      }
    };
  }
}
