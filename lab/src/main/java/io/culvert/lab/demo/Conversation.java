package io.culvert.lab.demo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.Link;
import io.culvert.traversal.Path;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;

/** What alice and bob have to say to each other in a scene, whatever has connected them. */
final class Conversation {
  private Conversation() {}

  /**
   * They talk, the server stops, they talk on.
   *
   * @return the outcome in a few words
   */
  static String play(Narrator narrator, Link toBob, Link toAlice, AutoCloseable server)
      throws Exception {
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
    narrator.step(
        "the server stops",
        () -> {
          server.close();
          return path;
        });
    narrator.step(
        "alice: \"Still there?\"  bob: \"We need no server any more.\"",
        () -> {
          say(toBob, toAlice, "Still there?");
          say(toAlice, toBob, "We need no server any more.");
          return path;
        });
    return "talked directly, " + path + " path";
  }

  /**
   * They talk through a relay.
   *
   * @param why a sentence about that
   * @return the outcome in a few words
   */
  static String playRelayed(Narrator narrator, Link toBob, Link toAlice, String why)
      throws Exception {
    narrator.say(why);
    requireRelayed(toBob);
    requireRelayed(toAlice);
    narrator.step(
        "alice: \"Are you there?\"  bob: \"Behind the strictest of routers.\"",
        () -> {
          say(toBob, toAlice, "Are you there?");
          say(toAlice, toBob, "Behind the strictest of routers.");
          return toBob;
        });
    return "talked through the relay, in datagrams";
  }

  private static void requireRelayed(Link link) throws IOException {
    if (link.path() != Path.RELAY) {
      throw new IOException("a " + link.path() + " path, which these NATs should not allow");
    }
  }

  /**
   * They do not even get to talk.
   *
   * @param what alice does
   * @param connect throws why it did not work
   * @return the outcome in a few words
   */
  static String fallsThrough(Narrator narrator, String what, Callable<Link> connect)
      throws Exception {
    CulvertException why =
        narrator.step(
            what,
            () -> {
              try (Link link = connect.call()) {
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
}
