package io.culvert.client.ice;

import io.culvert.traversal.ice.Base;
import io.culvert.wire.transport.udp.DatagramLoop;
import io.culvert.wire.transport.udp.DatagramOptions;
import io.culvert.wire.transport.udp.DatagramPort;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The UDP sockets of a peer: one for each family of addresses, and others for as long as somebody
 * needs them. Confined to the event loop.
 */
final class PeerSockets {
  private static final Logger log = LoggerFactory.getLogger(PeerSockets.class);

  /** Bursts of a fast connection; the kernel may grant less. */
  private static final int BUFFER_BYTES = 4 << 20;

  private static final DatagramOptions OPTIONS =
      new DatagramOptions(false, BUFFER_BYTES, BUFFER_BYTES, false);

  private static final InetSocketAddress ANY_IPV4 = new InetSocketAddress("0.0.0.0", 0);
  private static final InetSocketAddress ANY_IPV6 = new InetSocketAddress("::", 0);

  private final DatagramLoop datagrams;
  private final Function<Base, DatagramPort.Receiver> receivers;
  private final Map<Base, DatagramPort> ports = new HashMap<>();
  private int more;

  /**
   * None is open yet.
   *
   * @param receivers gets what comes to a socket
   */
  PeerSockets(DatagramLoop datagrams, Function<Base, DatagramPort.Receiver> receivers) {
    this.datagrams = datagrams;
    this.receivers = receivers;
  }

  /**
   * Opens the usual ones.
   *
   * @return what can be sent from now
   * @throws IOException when there is no socket to be had
   */
  Set<Base> open() throws IOException {
    Set<Base> bases = new LinkedHashSet<>();
    open(ANY_IPV4, Bases.IPV4);
    bases.add(Bases.IPV4);
    try {
      open(ANY_IPV6, Bases.IPV6);
      bases.add(Bases.IPV6);
    } catch (IOException e) {
      // Many machines have no IPv6, which is no reason to complain.
      log.debug("No IPv6: {}", e.getMessage());
    }
    return bases;
  }

  /** Opens one beside the usual ones; empty when the system grants no more. */
  Optional<Base> openMore() {
    Base base = Bases.more(more++);
    try {
      open(ANY_IPV4, base);
      return Optional.of(base);
    } catch (IOException e) {
      return Optional.empty(); // there are others
    }
  }

  private void open(InetSocketAddress address, Base base) throws IOException {
    ports.put(base, datagrams.open(address, OPTIONS, receivers.apply(base)));
  }

  /** Closes what {@link #openMore} has opened. */
  void close(Base base) {
    DatagramPort port = ports.remove(base);
    if (port != null) {
      port.close();
    }
  }

  /** The port number of one of them; 0 when it is not open. */
  int number(Base base) {
    DatagramPort port = ports.get(base);
    return port == null ? 0 : port.localAddress().port();
  }

  /** Which of the usual ones sends to an address. */
  static Base towards(InetAddress address) {
    return address instanceof Inet4Address ? Bases.IPV4 : Bases.IPV6;
  }

  /** Sends one datagram from the usual port. */
  void send(ByteBuf bytes, int index, int length, InetSocketAddress to) {
    DatagramPort port = ports.get(towards(to.getAddress()));
    if (port != null) {
      port.send(bytes, index, length, Endpoint.of(to));
    }
  }

  /** Sends datagrams of that size, the last of which may be shorter; indices stay as they are. */
  void send(Base from, ByteBuf datagrams, int size, InetSocketAddress to) {
    DatagramPort port = ports.get(from);
    if (port == null) {
      return;
    }
    Endpoint remote = Endpoint.of(to);
    int end = datagrams.writerIndex();
    for (int at = datagrams.readerIndex(); at < end; at += size) {
      port.send(datagrams, at, Math.min(size, end - at), remote);
    }
  }

  /** Sends one datagram that dies behind so many routers, where the system can do that. */
  void sendNoFarther(Base from, ByteBuf datagram, int hops, InetSocketAddress to) {
    DatagramPort port = ports.get(from);
    if (port != null) {
      boolean isLimited = port.hopLimit(hops);
      send(from, datagram, datagram.readableBytes(), to);
      if (isLimited) {
        port.hopLimit(0);
      }
    }
  }
}
