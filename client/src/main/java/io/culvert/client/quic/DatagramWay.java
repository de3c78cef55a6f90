package io.culvert.client.quic;

import io.netty.buffer.ByteBuf;

/**
 * How the datagrams of a connection get to the peer: a path, a relay, or a place where they wait.
 * Used on the connection's event loop only.
 */
public interface DatagramWay {
  /**
   * Sends one datagram, or several at once: each is {@code size} bytes long but the last, which may
   * be shorter. What cannot be sent is lost, as it may be anywhere on its way.
   *
   * @param datagrams one behind the other; the way releases it
   */
  void send(ByteBuf datagrams, int size);
}
