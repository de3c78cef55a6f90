package io.culvert.wire.transport.udp;

import io.netty.buffer.ByteBuf;

/**
 * A UDP socket on an event loop; only that loop's thread may use it. {@link DatagramLoop} opens it.
 */
public interface DatagramPort extends AutoCloseable {
  /** So many bytes before each datagram that comes in are the receiver's to write into. */
  int HEADROOM = 64;

  /** Where it is bound, as the kernel says. */
  Endpoint localAddress();

  /**
   * Sends one datagram, which is copied before this returns. It leaves with others: when what has
   * been received has been handled, or else when the event loop next comes round. A datagram that
   * the kernel does not take is lost and counted.
   */
  void send(ByteBuf bytes, int index, int length, Endpoint to);

  /**
   * Whether datagrams sent from now on must not be fragmented on their way; at first they may. Does
   * nothing where the system has no such option.
   */
  void dontFragment(boolean dontFragment);

  /**
   * After how many routers datagrams are dropped that are sent from now on; 0 is the system's
   * default, as at first. Only for IPv4.
   *
   * @return false where the system has no such option (java.nio): then nothing has changed
   */
  boolean hopLimit(int routers);

  /**
   * How many datagrams the kernel has dropped because they were not read in time. Only where the
   * system tells (Linux).
   */
  long dropped();

  /** How many datagrams the kernel has not taken. */
  long unsent();

  /**
   * Closes it at once: what has been sent leaves before, and nothing is received any more. Any
   * callback may do so. The second time it does nothing.
   */
  @Override
  void close();

  /** Who gets what comes in; called on the event loop. */
  interface Receiver {
    /**
     * A datagram. The buffer is the port's own and holds more than this datagram; it is valid until
     * this returns. The {@link #HEADROOM} bytes before the datagram and the datagram itself may be
     * overwritten; those behind it must be what they were when this returns, for there may be the
     * next one.
     */
    void received(ByteBuf buffer, int index, int length, long high, long low, int port);

    /**
     * An ICMP message: what was sent to that endpoint did not arrive. Only where the system tells
     * (Linux).
     *
     * @param type of ICMP or, for an IPv6 endpoint, of ICMPv6
     * @param code belongs to the type
     * @param data the next-hop MTU, when the message was too big, else 0
     */
    void unreachable(Endpoint to, int type, int code, int data);
  }
}
