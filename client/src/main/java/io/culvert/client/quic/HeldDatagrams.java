package io.culvert.client.quic;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;

/** The way while there is none: keeps the datagrams for whichever comes. */
final class HeldDatagrams implements DatagramWay {
  /**
   * A handshake that gets no answer repeats its few datagrams, which none needs twice; and of data
   * any that arrives has the others sent again.
   */
  private static final int MAX_DATAGRAMS = 16;

  private final List<byte[]> held = new ArrayList<>();

  @Override
  public void send(ByteBuf datagrams, int size) {
    try {
      while (datagrams.isReadable() && held.size() < MAX_DATAGRAMS) {
        byte[] datagram = new byte[Math.min(size, datagrams.readableBytes())];
        datagrams.readBytes(datagram);
        held.add(datagram);
      }
    } finally {
      datagrams.release();
    }
  }

  /** What waits; it does no longer. */
  List<byte[]> take() {
    List<byte[]> taken = List.copyOf(held);
    held.clear();
    return taken;
  }

  /** Sends what waits on a way. */
  void moveTo(DatagramWay way) {
    take().forEach(datagram -> way.send(Unpooled.wrappedBuffer(datagram), datagram.length));
  }
}
