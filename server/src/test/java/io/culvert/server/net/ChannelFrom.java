package io.culvert.server.net;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.DefaultChannelId;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A connection without a socket, whose time passes only when it is told to. */
public final class ChannelFrom extends EmbeddedChannel {
  /** Where the other end has reached us. */
  public static final InetSocketAddress LOCAL = new InetSocketAddress("192.0.2.1", 3376);

  private final MockTicker time;
  private final @Nullable InetSocketAddress remote;

  /** Null when the other end is gone already. */
  public ChannelFrom(@Nullable InetSocketAddress remote, ChannelHandler... handlers)
      throws Exception {
    this(remote, Ticker.newMockTicker(), handlers);
  }

  private ChannelFrom(
      @Nullable InetSocketAddress remote, MockTicker time, ChannelHandler... handlers)
      throws Exception {
    super(builder().channelId(DefaultChannelId.newInstance()).register(false).ticker(time));
    this.time = time;
    this.remote = remote;
    pipeline()
        .addLast(
            new ChannelInitializer<ChannelFrom>() {
              @Override
              protected void initChannel(ChannelFrom channel) {
                channel.pipeline().addLast(handlers);
              }
            });
    register();
  }

  /** Lets time pass, and what is due happen. */
  public void pass(Duration elapsed) {
    time.advance(elapsed.toNanos(), TimeUnit.NANOSECONDS);
    runPendingTasks();
  }

  @Override
  protected SocketAddress localAddress0() {
    return LOCAL;
  }

  @Override
  protected @Nullable SocketAddress remoteAddress0() {
    return remote;
  }
}
