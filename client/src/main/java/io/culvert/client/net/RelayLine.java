package io.culvert.client.net;

import io.culvert.client.turn.Carrier;
import io.culvert.client.turn.TurnAllocation;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;

/** What leads to a relay's server. Confined to the event loop. */
sealed interface RelayLine permits DatagramLine, StreamLine {
  Carrier carrier();

  /** Sends a message of the allocation. */
  void send(byte[] message, InetSocketAddress server);

  /** Sends data to a peer that the allocation reaches; they may get lost. */
  void send(TurnAllocation allocation, ByteBuf data, int index, int length, InetSocketAddress peer);

  /** Whether it may lead there still, after the network has become another one. */
  boolean isFromHere();

  void close();
}
