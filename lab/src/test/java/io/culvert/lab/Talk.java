package io.culvert.lab;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.client.Link;

/** Proves that two ends belong together. */
public final class Talk {
  private Talk() {}

  /** Each says something that the other hears. */
  public static void works(Link one, Link other) throws Exception {
    say(one, other, "from " + other.peer());
    say(other, one, "from " + one.peer());
  }

  private static void say(Link from, Link to, String text) throws Exception {
    from.send(text.getBytes(UTF_8));
    assertThat(to.receive()).asString(UTF_8).isEqualTo(text);
  }
}
