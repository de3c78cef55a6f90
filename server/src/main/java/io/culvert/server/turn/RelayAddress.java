package io.culvert.server.turn;

import io.culvert.server.turn.pool.OpenPorts;
import io.culvert.server.turn.pool.PortPool;
import io.culvert.wire.transport.udp.Endpoint;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Set;

/**
 * An address of this machine that relays are opened at, and how the world knows it: behind a NAT
 * that translates one to one these are two. Immutable but for its ports, which are thread-safe.
 */
final class RelayAddress {
  private final InetAddress local;
  private final Endpoint itself;
  private final Endpoint advertised;
  private final PortPool ports;
  private final OpenPorts udp = new OpenPorts();
  private final OpenPorts tcp = new OpenPorts();
  private final boolean ipv4;
  private final boolean translated;

  RelayAddress(InetAddress local, InetAddress advertised, PortPool ports) {
    this.local = local;
    this.itself = Endpoint.of(local, 0);
    this.advertised = Endpoint.of(advertised, 0);
    this.ports = ports;
    this.ipv4 = local instanceof Inet4Address;
    this.translated = !itself.equals(this.advertised);
  }

  /** What the address is called here and elsewhere. */
  Set<InetAddress> names() {
    return translated ? Set.of(local, advertised.address()) : Set.of(local);
  }

  boolean isIpv4() {
    return ipv4;
  }

  PortPool ports() {
    return ports;
  }

  /** Those of its ports that are relayed over UDP. */
  OpenPorts udp() {
    return udp;
  }

  /** Those of its ports that are relayed over TCP. */
  OpenPorts tcp() {
    return tcp;
  }

  InetSocketAddress local(int port) {
    return new InetSocketAddress(local, port);
  }

  /** What the world calls a port of this address. */
  Endpoint advertised(int port) {
    return new Endpoint(advertised.high(), advertised.low(), port);
  }

  boolean isAdvertised(long high, long low) {
    return advertised.is(high, low, 0);
  }

  /** Where packets to a peer go: those to our own relays do not have to go through the NAT. */
  Endpoint route(Endpoint peer) {
    return translated && isAdvertised(peer.high(), peer.low())
        ? new Endpoint(itself.high(), itself.low(), peer.port())
        : peer;
  }

  /** Whether a packet from this address comes from one of our own relays, past the NAT. */
  boolean isUntranslated(long high, long low) {
    return translated && itself.is(high, low, 0);
  }

  /** The upper half of the advertised address. */
  long advertisedHigh() {
    return advertised.high();
  }

  /** The lower half of the advertised address. */
  long advertisedLow() {
    return advertised.low();
  }
}
