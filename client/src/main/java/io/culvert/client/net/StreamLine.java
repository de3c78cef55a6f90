package io.culvert.client.net;

import io.culvert.client.turn.Carrier;
import io.culvert.client.turn.TurnAllocation;
import io.culvert.wire.stun.ChannelData;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import java.net.InetSocketAddress;

/** A connection of TCP, or of TLS. What is sent in one round of the event loop leaves together. */
final class StreamLine implements RelayLine {
  /** What waits longer comes too late; who sends it notices as for a slow path. */
  static final int MAX_WAITING_BYTES = 256 << 10;

  private final Channel channel;
  private boolean willFlush;

  StreamLine(Channel channel) {
    this.channel = channel;
  }

  @Override
  public Carrier carrier() {
    return Carrier.STREAM;
  }

  @Override
  public void send(byte[] message, InetSocketAddress server) {
    write(Unpooled.wrappedBuffer(message));
  }

  @Override
  public void send(
      TurnAllocation allocation, ByteBuf data, int index, int length, InetSocketAddress peer) {
    if (channel.isWritable()) {
      ByteBuf out = channel.alloc().buffer(ChannelData.HEADER_BYTES + length + Integer.BYTES);
      allocation.wrap(data, index, length, peer, out);
      write(out);
    }
  }

  private void write(ByteBuf message) {
    channel.write(message, channel.voidPromise());
    if (!willFlush) {
      willFlush = true;
      channel.eventLoop().execute(this::flush);
    }
  }

  private void flush() {
    willFlush = false;
    channel.flush();
  }

  @Override
  public boolean isFromHere() {
    return LocalAddresses.isFromHere(channel);
  }

  @Override
  public void close() {
    flush();
    channel.close();
  }
}
