package io.culvert.server.turn;

import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;

/**
 * How much of one connection is read before the others get their turn: little, until it is widened;
 * then as much as the client fills, up to a limit. Confined to the channel's event loop.
 */
final class ReadShare extends DefaultMaxMessagesRecvByteBufAllocator {
  static final int NARROW = 2 << 10;
  static final int WIDE = 64 << 10;

  private int most = NARROW;

  /** One read a turn. */
  ReadShare() {
    super(1);
  }

  /** Lets reads grow. */
  void widen() {
    most = WIDE;
  }

  /** Takes that back. */
  void narrow() {
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
