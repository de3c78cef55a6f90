package io.culvert.wire.transport.udp;

import io.netty.buffer.ByteBuf;
import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.nio.NioIoOps;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectableChannel;
import jdk.net.ExtendedSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * A port by java.nio: every datagram is a system call and an object or two. Its address becomes
 * free when the event loop next comes round.
 */
final class NioPort implements DatagramPort, NioIoHandle {
  /** So many at a time; then it is the next port's turn. */
  private static final int BATCH = 64;

  private final NioSockets sockets;
  private final DatagramChannel channel;
  private final Receiver receiver;
  private final Endpoint localAddress;
  private @Nullable IoRegistration registration;
  private long unsent;

  NioPort(NioSockets sockets, DatagramChannel channel, Receiver receiver) throws IOException {
    this.sockets = sockets;
    this.channel = channel;
    this.receiver = receiver;
    this.localAddress = Endpoint.of((InetSocketAddress) channel.getLocalAddress());
  }

  /** Has the loop call this port when something comes in. */
  void register() throws IOException {
    registration = EventLoops.register(sockets.loop(), this, NioIoOps.READ);
  }

  @Override
  public Endpoint localAddress() {
    return localAddress;
  }

  @Override
  public void handle(IoRegistration itsRegistration, IoEvent event) {
    for (int i = 0; i < BATCH && channel.isOpen() && receive(); i++) {}
  }

  private boolean receive() {
    ByteBuffer room = sockets.room();
    InetSocketAddress from;
    try {
      from = (InetSocketAddress) channel.receive(room);
    } catch (ClosedChannelException e) {
      return false;
    } catch (IOException e) {
      // What an earlier datagram has caused (Windows reports ICMP here); the port goes on.
      return true;
    }
    if (from == null) {
      return false;
    }
    InetAddress address = from.getAddress();
    // The wildcard of IPv6 takes IPv4, too: java.nio has no switch for that.
    if (address instanceof Inet4Address == localAddress.isIpv4()) {
      Endpoint sender = Endpoint.of(address, from.getPort());
      received(room.position(), sender);
    }
    return true;
  }

  private void received(int length, Endpoint from) {
    try {
      receiver.received(sockets.buffer(), HEADROOM, length, from.high(), from.low(), from.port());
    } catch (RuntimeException e) {
      EventLoops.report(sockets.loop(), e);
    }
  }

  @Override
  public void send(ByteBuf bytes, int index, int length, Endpoint to) {
    try {
      // An empty datagram counts no bytes either when it has left.
      if (channel.send(bytes.nioBuffer(index, length), to.toSocketAddress()) < length) {
        unsent++;
      }
    } catch (IOException | RuntimeException e) {
      unsent++;
    }
  }

  @Override
  public void dontFragment(boolean dontFragment) {
    if (!channel.supportedOptions().contains(ExtendedSocketOptions.IP_DONTFRAGMENT)) {
      return;
    }
    try {
      channel.setOption(ExtendedSocketOptions.IP_DONTFRAGMENT, dontFragment);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public boolean hopLimit(int routers) {
    return false;
  }

  @Override
  public long dropped() {
    return 0;
  }

  @Override
  public long unsent() {
    return unsent;
  }

  @Override
  public SelectableChannel selectableChannel() {
    return channel;
  }

  @Override
  public void close() {
    if (registration != null) {
      registration.cancel();
      registration = null;
    }
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    sockets.closed(this);
  }
}
