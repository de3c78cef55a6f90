package io.culvert.client.net;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.wire.transport.SocketError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.ChannelOutputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** The channel's end of a link: fills the inbox and wakes who waits to write. */
final class LinkHandler extends SimpleChannelInboundHandler<ByteBuf> {
  private final String peer;
  private final Inbox inbox;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  LinkHandler(String peer, Inbox inbox) {
    this.peer = peer;
    this.inbox = inbox;
  }

  Inbox inbox() {
    return inbox;
  }

  /** Waits until the channel takes more; false when it is closed. */
  boolean awaitWritable(Channel channel) throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (takesBytes(channel) && !channel.isWritable()) {
        changed.await();
      }
      return takesBytes(channel);
    } finally {
      lock.unlock();
    }
  }

  private static boolean takesBytes(Channel channel) {
    return channel.isActive() && !((DuplexChannel) channel).isOutputShutdown();
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) {
    inbox.add(ByteBufUtil.getBytes(bytes));
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    switch (event) {
      case ChannelInputShutdownEvent _ -> inbox.end(null);
      case ChannelOutputShutdownEvent _ -> wake();
      default -> {}
    }
    ctx.fireUserEventTriggered(event);
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    wake();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    // Without effect after the peer's end, and after our own.
    inbox.end(lost("The connection to " + peer + " broke."));
    wake();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    inbox.end(
        cause instanceof CulvertException why
            ? why
            : lost("The connection to " + peer + " broke: " + SocketError.explain(cause) + "."));
    ctx.close();
  }

  private static CulvertException lost(String sentence) {
    return new CulvertException(Reason.LINK_LOST, sentence);
  }

  private void wake() {
    lock.lock();
    try {
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
