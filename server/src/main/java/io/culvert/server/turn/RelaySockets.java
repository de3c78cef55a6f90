package io.culvert.server.turn;

import io.culvert.wire.transport.udp.DatagramPort;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Opens the sockets of relayed addresses, on the loop that asks for them. */
@FunctionalInterface
interface RelaySockets {
  /**
   * A socket at this address, whose port is not 0.
   *
   * @throws IOException when it cannot be had
   */
  DatagramPort open(InetSocketAddress address, DatagramPort.Receiver receiver) throws IOException;
}
