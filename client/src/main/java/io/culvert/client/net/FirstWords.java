package io.culvert.client.net;

import io.culvert.wire.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the other end of a link says first; what follows is left to the next handler. Who says
 * nothing for 5 s is not the peer.
 */
public final class FirstWords extends ByteToMessageDecoder {
  private static final Duration SILENCE = Duration.ofSeconds(5);

  /** Who understands them. */
  public interface Listener {
    /** Takes them off the buffer, as soon as they are whole. */
    void heard(ByteBuf in, Channel channel) throws MalformedMessageException;
  }

  private final Listener listener;
  private final Greeting.Ear ear;
  private @Nullable Future<?> silence;

  public FirstWords(Listener listener, Greeting.Ear ear) {
    this.listener = listener;
    this.ear = ear;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    silence = ctx.executor().schedule(ear::lost, SILENCE.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) {
    if (silence != null) {
      silence.cancel(false);
    }
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out)
      throws MalformedMessageException {
    listener.heard(in, ctx.channel());
  }
}
