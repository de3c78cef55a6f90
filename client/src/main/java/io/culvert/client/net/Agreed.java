package io.culvert.client.net;

import io.culvert.traversal.Path;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import java.net.InetSocketAddress;

/**
 * A connection on which both peers of a punch have agreed: {@link #link} or {@link #carry} takes it
 * over, before {@link PunchDriver.Outcome#succeeded} returns. On its event loop.
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

  /** The other end. */
  public InetSocketAddress remote() {
    return (InetSocketAddress) channel.remoteAddress();
  }

  /** The connection itself. */
  public Channel channel() {
    return channel;
  }

  /** Makes a link of it, which carries the application's bytes. */
  public TcpLink link() {
    TcpLink link = new TcpLink(greeting.kind(), channel, peer, path);
    greeting.end(channel.pipeline());
    return link;
  }

  /** Gives its bytes to these handlers, from the first one that the greeting has left. */
  public void carry(ChannelHandler... handlers) {
    channel.pipeline().addLast(handlers);
    greeting.end(channel.pipeline());
  }
}
