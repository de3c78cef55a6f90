package io.culvert.wire.transport.udp;

import java.io.IOException;
import java.net.InetSocketAddress;

/** What all ports of one event loop have in common. */
interface DatagramSockets extends AutoCloseable {
  DatagramPort open(
      InetSocketAddress address, DatagramOptions options, DatagramPort.Receiver receiver)
      throws IOException;

  /** Closes all ports and frees what they share; the second time it does nothing. */
  @Override
  void close();
}
