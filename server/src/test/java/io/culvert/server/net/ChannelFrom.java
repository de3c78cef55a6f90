package io.culvert.server.net;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.DefaultChannelId;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A connection without a socket, whose time passes only when it is told to. */
public final class ChannelFrom extends EmbeddedChannel {
  private final @Nullable InetSocketAddress remote;

  /** Null when the other end is gone already. */
  public ChannelFrom(@Nullable InetSocketAddress remote, ChannelHandler... handlers)
      throws Exception {
    super(DefaultChannelId.newInstance(), false, false);
    this.remote = remote;
    pipeline()
        .addLast(
            new ChannelInitializer<ChannelFrom>() {
              @Override
              protected void initChannel(ChannelFrom channel) {
                channel.freezeTime();
                channel.pipeline().addLast(handlers);
              }
            });
    register();
  }

  /** Lets time pass, and what is due happen. */
  public void pass(Duration time) {
    advanceTimeBy(time.toMillis(), TimeUnit.MILLISECONDS);
    runPendingTasks();
  }

  @Override
  protected @Nullable SocketAddress remoteAddress0() {
    return remote;
  }
}
