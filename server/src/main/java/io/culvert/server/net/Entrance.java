package io.culvert.server.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;

/** Where a service takes connections that have come to a port of somebody else. Thread-safe. */
@FunctionalInterface
public interface Entrance {
  /**
   * Takes one over: from now on it is as if it had come to a port of the service itself, and it
   * counts there. Called on the event loop that it is on, which it leaves.
   *
   * @param channel whose handlers are removed by the caller, now
   * @param first what has been read of it; the service releases it
   */
  void enter(Channel channel, ByteBuf first);
}
