package io.culvert.server.flow;

import io.culvert.server.net.ConnectionGuard;
import io.culvert.wire.flow.FlowChannelCodec;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * What one connection has sent of a frame that is not complete. A frame may have 64 KB, so that ten
 * thousand connections could have the server keep 640 MB: when all of them together keep too much,
 * whoever keeps more than a share is closed.
 */
final class UnfinishedFrames extends ChannelInboundHandlerAdapter {
  /** What all connections of a server keep together. Confined to their event loop. */
  static final class Budget {
    private final long limit;
    private long kept;

    /** So many bytes. */
    Budget(long limit) {
      this.limit = limit;
    }

    long kept() {
      return kept;
    }
  }

  /** Nearly all frames are smaller, and come in one piece. */
  static final int SHARE = 4 << 10;

  private final FlowChannelCodec codec;
  private final Budget budget;
  private final ConnectionGuard<FlowCounter> guard;
  private int kept;

  UnfinishedFrames(FlowChannelCodec codec, Budget budget, ConnectionGuard<FlowCounter> guard) {
    this.codec = codec;
    this.budget = budget;
    this.guard = guard;
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    keep(codec.unfinishedBytes());
    if (budget.kept > budget.limit && kept > SHARE) {
      guard.close(ctx, FlowCounter.UNFINISHED);
    }
    ctx.fireChannelReadComplete();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    keep(0);
    ctx.fireChannelInactive();
  }

  private void keep(int bytes) {
    budget.kept += bytes - kept;
    kept = bytes;
  }
}
