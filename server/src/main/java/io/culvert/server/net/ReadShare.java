package io.culvert.server.net;

import io.netty.channel.Channel;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/**
 * How much of one connection is read before the others get their turn: little, until it is widened;
 * then as much as the client fills, up to a limit. Confined to the channel's event loop.
 *
 * <p>A channel keeps what it has asked at its first read, so each has one from the beginning.
 */
public final class ReadShare extends DefaultMaxMessagesRecvByteBufAllocator {
  static final int NARROW = 2 << 10;
  static final int WIDE = 64 << 10;

  private int most = NARROW;

  /** One read a turn. */
  ReadShare() {
    super(1);
  }

  /** That of a channel, which gets one when it has none yet: before its first read. */
  public static ReadShare of(Channel channel) {
    if (channel.config().getRecvByteBufAllocator() instanceof ReadShare share) {
      return share;
    }
    ReadShare share = new ReadShare();
    channel.config().setRecvByteBufAllocator(share);
    return share;
  }

  /** Lets reads grow. */
  public void widen() {
    most = WIDE;
  }

  /** Takes that back. */
  public void narrow() {
    most = NARROW;
  }

  @Override
  public MaxMessageHandle newHandle() {
    return new Reads();
  }

  private final class Reads extends MaxMessageHandle {
    private int next = NARROW;

    @Override
    public int guess() {
      return Math.min(next, most);
    }

    @Override
    public void lastBytesRead(int bytes) {
      int room = attemptedBytesRead();
      if (bytes >= room) {
        next = Math.min(2 * room, most);
      } else if (bytes < room / 2) {
        next = Math.max(room / 2, NARROW);
      }
      super.lastBytesRead(bytes);
    }
  }
}
