package io.culvert.wire.transport.udp;

/**
 * How a UDP socket is opened.
 *
 * @param reusePort whether others of this user may have the same address and port: the kernel then
 *     spreads the senders over them
 * @param receiveBuffer bytes, or 0 for the system's default; the system's limit holds unless this
 *     process may exceed it
 * @param sendBuffer the same for what is sent
 * @param reportErrors whether {@link DatagramPort.Receiver#unreachable} is called
 */
public record DatagramOptions(
    boolean reusePort, int receiveBuffer, int sendBuffer, boolean reportErrors) {
  public DatagramOptions {
    if (receiveBuffer < 0 || sendBuffer < 0) {
      throw new IllegalArgumentException("a buffer has at least 0 bytes");
    }
  }
}
