package io.culvert.client.net;

import io.culvert.traversal.Path;
import io.netty.channel.Channel;

/**
 * A connection on which both peers of a punch have agreed: {@link #link} takes it over, before
 * {@link PunchDriver.Outcome#succeeded} returns. On its event loop.
 */
public final class Agreed {
  private final Channel channel;
  private final Greeting greeting;
  private final String peer;
  private final Path path;

  Agreed(Channel channel, Greeting greeting, String peer, Path path) {
    this.channel = channel;
    this.greeting = greeting;
    this.peer = peer;
    this.path = path;
  }

  /** Makes a link of it, which carries the application's bytes. */
  public TcpLink link() {
    TcpLink link = new TcpLink(greeting.kind(), channel, peer, path);
    greeting.end(channel.pipeline());
    return link;
  }
}
