package io.culvert.lab.sim;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A UDP socket of a host. What it receives before it has a receiver is lost. Not thread-safe. */
public final class SimSocket {
  /** What systems send with. */
  public static final int DEFAULT_TTL = 64;

  static final InetAddress ANY = InetAddress.ofLiteral("0.0.0.0");

  /** Takes what arrives. */
  @FunctionalInterface
  public interface Receiver {
    /** The payload belongs to the network: do not change it. */
    void received(byte[] payload, InetSocketAddress from);
  }

  /** Takes what is told of what has not arrived. */
  @FunctionalInterface
  public interface ErrorReceiver {
    void failed(Icmp reason, InetSocketAddress to);
  }

  private final Host host;
  private final InetSocketAddress local;
  private Receiver receiver = (_, _) -> {};
  private ErrorReceiver errorReceiver = (_, _) -> {};
  private long sent;

  SimSocket(Host host, InetAddress address, int port) {
    this.host = host;
    this.local = new InetSocketAddress(address, port);
  }

  public Host host() {
    return host;
  }

  /** The address is 0.0.0.0 when it has all of both families. */
  public InetSocketAddress localAddress() {
    return local;
  }

  public int port() {
    return local.getPort();
  }

  public void onReceive(Receiver other) {
    receiver = other;
  }

  public void onError(ErrorReceiver other) {
    errorReceiver = other;
  }

  /** Sends a copy of the payload; false when the host has no way to that address. */
  public boolean send(byte[] payload, InetSocketAddress to) {
    return send(payload, to, DEFAULT_TTL);
  }

  /** The same with a number of routers, 1 to 255, of which the last one does not pass it on. */
  public boolean send(byte[] payload, InetSocketAddress to, int ttl) {
    sent++;
    return host.send(this, payload, to, ttl);
  }

  /** How often something has been sent. */
  public long sent() {
    return sent;
  }

  /** The host answers what arrives from now on as it answers at any port without a socket. */
  public void close() {
    host.close(this);
  }

  boolean isWildcard() {
    return address().equals(ANY);
  }

  InetAddress address() {
    return local.getAddress();
  }

  void received(byte[] payload, InetSocketAddress from) {
    receiver.received(payload, from);
  }

  void failed(Icmp reason, InetSocketAddress to) {
    errorReceiver.failed(reason, to);
  }
}
