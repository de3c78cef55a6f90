package io.culvert.lab.sim;

import io.culvert.lab.sim.Packet.Datagram;
import io.culvert.lab.sim.Packet.IcmpError;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** What travels on links. */
sealed interface Packet permits Datagram, IcmpError {
  InetAddress source();

  InetAddress destination();

  /** How many routers may still pass it on. */
  int ttl();

  Packet withTtl(int ttl);

  /** With all headers from IP on. */
  int bytes();

  default boolean isIpv4() {
    return destination() instanceof Inet4Address;
  }

  private static int ipHeader(InetAddress address) {
    return address instanceof Inet4Address ? 20 : 40;
  }

  /** UDP. The payload belongs to the packet: nobody changes it. */
  @SuppressWarnings("ArrayRecordComponent") // packets are not compared
  record Datagram(InetSocketAddress from, InetSocketAddress to, int ttl, byte[] payload)
      implements Packet {
    private static final int UDP_HEADER = 8;

    @Override
    public InetAddress source() {
      return from.getAddress();
    }

    @Override
    public InetAddress destination() {
      return to.getAddress();
    }

    @Override
    public Datagram withTtl(int other) {
      return new Datagram(from, to, other, payload);
    }

    Datagram withFrom(InetSocketAddress other) {
      return new Datagram(other, to, ttl, payload);
    }

    Datagram withTo(InetSocketAddress other) {
      return new Datagram(from, other, ttl, payload);
    }

    @Override
    public int bytes() {
      return ipHeader(destination()) + UDP_HEADER + payload.length;
    }

    @Override
    public String toString() {
      return "%s > %s, %d B, ttl %d"
          .formatted(Endpoints.text(from), Endpoints.text(to), payload.length, ttl);
    }
  }

  /**
   * Tells a sender that its datagram has not arrived.
   *
   * @param about the datagram, as it was where the error happened; NATs translate it on the way
   */
  record IcmpError(InetAddress source, Icmp reason, Datagram about, int ttl) implements Packet {
    /** The ICMP header, and of the datagram the IP and UDP headers. */
    private static final int BYTES = 8 + 28;

    IcmpError(InetAddress source, Icmp reason, Datagram about) {
      this(source, reason, about, SimSocket.DEFAULT_TTL);
    }

    @Override
    public InetAddress destination() {
      return about.source();
    }

    @Override
    public IcmpError withTtl(int other) {
      return new IcmpError(source, reason, about, other);
    }

    @Override
    public int bytes() {
      return ipHeader(source) + BYTES;
    }

    @Override
    public String toString() {
      return "%s > %s, %s about %s"
          .formatted(source.getHostAddress(), destination().getHostAddress(), reason, about);
    }
  }
}
