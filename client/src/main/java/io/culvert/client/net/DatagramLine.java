package io.culvert.client.net;

import io.culvert.client.turn.Carrier;
import io.culvert.client.turn.TurnAllocation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;

/** The socket that there is anyway. */
final class DatagramLine implements RelayLine {
  private final RelayedPort.Socket socket;

  /** For one datagram after the other. */
  private final ByteBuf wrapped = Unpooled.buffer();

  DatagramLine(RelayedPort.Socket socket) {
    this.socket = socket;
  }

  @Override
  public Carrier carrier() {
    return Carrier.DATAGRAMS;
  }

  @Override
  public void send(byte[] message, InetSocketAddress server) {
    socket.send(Unpooled.wrappedBuffer(message), 0, message.length, server);
  }

  @Override
  public void send(
      TurnAllocation allocation, ByteBuf data, int index, int length, InetSocketAddress peer) {
    allocation.wrap(data, index, length, peer, wrapped.clear());
    socket.send(wrapped, 0, wrapped.readableBytes(), allocation.server());
  }

  @Override
  public boolean isFromHere() {
    return true; // wherever that is
  }

  @Override
  public void close() {
    // It is somebody else's.
  }
}
