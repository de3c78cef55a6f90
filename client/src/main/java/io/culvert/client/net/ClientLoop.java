package io.culvert.client.net;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * The one event loop of a client. It ends when the client is closed and so is the last link that
 * came of it.
 *
 * <p>Its thread is started by whoever makes it, so that the sockets are in that thread's network.
 * All methods but {@link #loop} and {@link #execute} are called on it.
 */
public final class ClientLoop {
  private final EventLoopGroup group;
  private int links;
  private boolean closed;

  /** Starts it. */
  public ClientLoop(String name) {
    group = PunchSockets.TRANSPORT.eventLoops(1, name);
    group.next().execute(() -> {});
  }

  /** The loop; thread-safe. */
  public EventLoop loop() {
    return group.next();
  }

  /** Runs this on the loop; false when it has ended. Thread-safe. */
  public boolean execute(Runnable task) {
    try {
      loop().execute(task);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /** One more link is open; {@link #linkClosed} ends that. */
  public void linkOpened() {
    links++;
  }

  /** A link is closed. */
  public void linkClosed() {
    links--;
    endWhenUnused();
  }

  /** The client is closed. */
  public void close() {
    closed = true;
    endWhenUnused();
  }

  private void endWhenUnused() {
    if (closed && links == 0) {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }
}
