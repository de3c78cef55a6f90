package io.culvert.client.quic;

import io.culvert.wire.transport.udp.DatagramPort;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;

/**
 * A way straight to an address. On Linux the port sends what leaves together as one (UDP_SEGMENT).
 */
final class UdpWay implements DatagramWay {
  private final DatagramPort port;
  private final Endpoint to;

  /** From that port, which stays its owner's. */
  UdpWay(DatagramPort port, Endpoint to) {
    this.port = port;
    this.to = to;
  }

  @Override
  public void send(ByteBuf datagrams, int size) {
    try {
      int end = datagrams.writerIndex();
      for (int at = datagrams.readerIndex(); at < end; at += size) {
        port.send(datagrams, at, Math.min(size, end - at), to);
      }
    } finally {
      datagrams.release();
    }
  }
}
