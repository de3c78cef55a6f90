package io.culvert.wire.transport.udp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.IoEventLoop;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/** Ports by java.nio, for systems without epoll. One buffer serves them all. */
final class NioSockets implements DatagramSockets {
  private static final int MAX_DATAGRAM = 0xffff;

  private final IoEventLoop loop;
  private final ByteBuf buffer = Unpooled.directBuffer(DatagramPort.HEADROOM + MAX_DATAGRAM);
  private final ByteBuffer room = buffer.nioBuffer(DatagramPort.HEADROOM, MAX_DATAGRAM);

  private final Set<NioPort> open = Collections.newSetFromMap(new IdentityHashMap<>());

  NioSockets(IoEventLoop loop) {
    this.loop = loop;
  }

  @Override
  public DatagramPort open(
      InetSocketAddress address, DatagramOptions options, DatagramPort.Receiver receiver)
      throws IOException {
    DatagramChannel channel =
        DatagramChannel.open(
            address.getAddress() instanceof Inet4Address
                ? StandardProtocolFamily.INET
                : StandardProtocolFamily.INET6);
    try {
      channel.configureBlocking(false);
      setBuffer(channel, StandardSocketOptions.SO_RCVBUF, options.receiveBuffer());
      setBuffer(channel, StandardSocketOptions.SO_SNDBUF, options.sendBuffer());
      if (options.reusePort()) {
        channel.setOption(StandardSocketOptions.SO_REUSEPORT, true);
      }
      channel.bind(address);
      NioPort port = new NioPort(this, channel, receiver);
      port.register();
      open.add(port);
      return port;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static void setBuffer(DatagramChannel channel, SocketOption<Integer> option, int bytes)
      throws IOException {
    if (bytes > 0) {
      channel.setOption(option, bytes);
    }
  }

  void closed(NioPort port) {
    open.remove(port);
  }

  IoEventLoop loop() {
    return loop;
  }

  /** Where a datagram is received: after the headroom of {@link #buffer()}. */
  ByteBuffer room() {
    return room.clear();
  }

  ByteBuf buffer() {
    return buffer;
  }

  @Override
  public void close() {
    List.copyOf(open).forEach(NioPort::close);
    if (buffer.refCnt() > 0) {
      buffer.release();
    }
  }
}
