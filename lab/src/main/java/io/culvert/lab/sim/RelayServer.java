package io.culvert.lab.sim;

import io.culvert.wire.stun.StunMessage;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A relay as TURN has them, at one port with a STUN server, but for its control: what a client asks
 * a TURN server for is a Java call here, which always arrives. The data travel as packets in TURN's
 * formats, through the client's NAT. The server knows a client by the address that it sees, which a
 * Binding answer of this port tells, and takes nothing from others.
 */
public final class RelayServer {
  private final SimSocket socket;
  private final Map<InetSocketAddress, RelayAllocation> allocations = new LinkedHashMap<>();
  private long strangers;

  private RelayServer(SimSocket socket) {
    this.socket = socket;
    socket.onReceive(this::received);
  }

  /** One at that host, at the usual port of STUN and TURN. */
  public static RelayServer on(Host host) {
    return new RelayServer(host.bind(StunServer.PORT));
  }

  /** Its address of IPv4. */
  public InetSocketAddress address() {
    return StunServer.address(socket, true);
  }

  /** Its address of IPv6. */
  public InetSocketAddress ipv6Address() {
    return StunServer.address(socket, false);
  }

  /**
   * A relayed address of IPv4, and of IPv6 at the same port, for the client at that address as this
   * server sees it. One that the client had is closed.
   */
  public RelayAllocation allocate(InetSocketAddress client) {
    RelayAllocation old = allocations.get(client);
    if (old != null) {
      old.close();
    }
    RelayAllocation allocation = new RelayAllocation(this, client, socket.host().bind());
    allocations.put(client, allocation);
    return allocation;
  }

  /** Forgets all allocations. */
  public void restart() {
    List.copyOf(allocations.values()).forEach(RelayAllocation::close);
  }

  public int allocations() {
    return allocations.size();
  }

  /** How many packets have come that were nobody's. */
  public long strangers() {
    return strangers;
  }

  void closed(InetSocketAddress client, RelayAllocation allocation) {
    allocations.remove(client, allocation);
  }

  void toClient(byte[] packet, InetSocketAddress client) {
    socket.send(packet, client);
  }

  private void received(byte[] packet, InetSocketAddress from) {
    StunServer.answer(packet, from)
        .ifPresentOrElse(answer -> socket.send(answer, from), () -> relay(packet, from));
  }

  private void relay(byte[] packet, InetSocketAddress from) {
    RelayAllocation allocation = allocations.get(from);
    if (allocation == null) {
      strangers++;
      return;
    }
    StunServer.message(packet)
        .filter(message -> message.method() == StunMessage.SEND)
        .ifPresentOrElse(allocation::sendIndication, () -> allocation.channelData(packet));
  }
}
