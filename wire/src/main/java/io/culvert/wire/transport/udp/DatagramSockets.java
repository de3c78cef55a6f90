package io.culvert.wire.transport.udp;

import java.io.IOException;
import java.net.InetSocketAddress;

/** What all ports of one event loop have in common. */
interface DatagramSockets extends AutoCloseable {
  DatagramPort open(
      InetSocketAddress address, DatagramOptions options, DatagramPort.Receiver receiver)
      throws IOException;

  /** Frees what the ports shared; none of them may be open any more. */
  @Override
  void close();
}
