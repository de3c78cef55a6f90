package io.culvert.client.quic;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelConfig;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.codec.quic.SegmentedDatagramPacketAllocator;
import java.net.InetSocketAddress;
import java.net.SocketAddress;

/**
 * The socket that QUIC believes to have, with one peer whose address never changes: where its
 * datagrams really go is another's choice, which may change with every one of them. So to QUIC
 * there is one path, and nothing is sent again when another is taken.
 */
final class SwitchedChannel extends AbstractChannel {
  /** Addresses that are nobody's (RFC 5737 §3), and never seen outside. */
  static final InetSocketAddress HERE = new InetSocketAddress("192.0.2.1", 1);

  static final InetSocketAddress PEER = new InetSocketAddress("192.0.2.2", 1);

  /**
   * Has QUIC hand over what it sends at a time as one packet. The kernel takes 64 datagrams as one,
   * and no more than 65 507 bytes.
   */
  static final SegmentedDatagramPacketAllocator SEGMENTS =
      new SegmentedDatagramPacketAllocator() {
        @Override
        public int maxNumSegments() {
          return 48;
        }

        @Override
        public DatagramPacket newPacket(ByteBuf datagrams, int size, InetSocketAddress to) {
          return new Segments(datagrams, size, to);
        }
      };

  private static final ChannelMetadata METADATA = new ChannelMetadata(false);

  private final ChannelConfig config = new DefaultChannelConfig(this);
  private DatagramWay way;
  private volatile boolean open = true;

  /** Several datagrams of one size, but for the last. */
  private static final class Segments extends DatagramPacket {
    private final int size;

    Segments(ByteBuf datagrams, int size, InetSocketAddress to) {
      super(datagrams, to);
      this.size = size;
    }
  }

  SwitchedChannel(DatagramWay way) {
    super(null);
    this.way = way;
  }

  /** From now on, datagrams take this way. On the event loop. */
  void lead(DatagramWay over) {
    way = over;
  }

  @Override
  protected void doWrite(ChannelOutboundBuffer out) {
    for (Object message = out.current(); message != null; message = out.current()) {
      DatagramPacket packet = (DatagramPacket) message;
      ByteBuf content = packet.content();
      if (content.isReadable()) { // QUIC ends with an empty one
        int size = packet instanceof Segments segments ? segments.size : content.readableBytes();
        way.send(content.retain(), size);
      }
      out.remove();
    }
  }

  @Override
  protected AbstractUnsafe newUnsafe() {
    return new AbstractUnsafe() {
      @Override
      public void connect(SocketAddress to, SocketAddress from, ChannelPromise promise) {
        promise.setFailure(new UnsupportedOperationException("it is connected"));
      }
    };
  }

  @Override
  protected boolean isCompatible(EventLoop loop) {
    return true;
  }

  @Override
  protected SocketAddress localAddress0() {
    return HERE;
  }

  @Override
  protected SocketAddress remoteAddress0() {
    return PEER;
  }

  @Override
  protected void doBind(SocketAddress address) {
    throw new UnsupportedOperationException("it is bound");
  }

  @Override
  protected void doDisconnect() {
    doClose();
  }

  @Override
  protected void doClose() {
    open = false;
  }

  @Override
  protected void doBeginRead() {
    // What comes in is handed over by whoever has received it.
  }

  @Override
  public ChannelConfig config() {
    return config;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  @Override
  public boolean isActive() {
    return open;
  }

  @Override
  public ChannelMetadata metadata() {
    return METADATA;
  }
}
