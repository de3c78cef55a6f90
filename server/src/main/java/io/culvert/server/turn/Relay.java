package io.culvert.server.turn;

import io.culvert.server.turn.tcp.TcpRelay;
import io.culvert.wire.transport.udp.DatagramPort;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One relayed address of an allocation, and its socket. */
final class Relay implements DatagramPort.Receiver {
  private Relaying relaying;
  private final RelayAddress home;
  private @Nullable Allocation allocation;
  private @Nullable DatagramPort port;
  private @Nullable TcpRelay tcp;
  private Endpoint address;
  private long endNanos;
  private boolean keepsWhole;

  /** Not open yet. */
  Relay(Relaying relaying, RelayAddress home) {
    this.relaying = relaying;
    this.home = home;
    this.address = home.advertised(0);
  }

  /** The socket is open, and gets what comes for this allocation. */
  void opened(DatagramPort itsPort, Allocation of) {
    port = itsPort;
    allocation = of;
    address = home.advertised(itsPort.localAddress().port());
    home.udp().add(address.port());
  }

  /** The same over TCP. */
  void opened(TcpRelay its) {
    tcp = its;
    address = home.advertised(its.localAddress().getPort());
    home.tcp().add(address.port());
  }

  /** What connections come and go through; null when it is one of UDP. */
  @Nullable TcpRelay tcp() {
    return tcp;
  }

  /** The same relay on another loop, where its socket has to be opened again. */
  Relay on(Relaying other) {
    relaying = other;
    keepsWhole = false;
    return this;
  }

  RelayAddress home() {
    return home;
  }

  /** What clients and peers are told. */
  Endpoint address() {
    return address;
  }

  boolean isIpv4() {
    return home.isIpv4();
  }

  long endNanos() {
    return endNanos;
  }

  void endNanos(long end) {
    endNanos = end;
  }

  void send(ByteBuf bytes, int index, int length, Endpoint peer, boolean dontFragment) {
    DatagramPort through = Objects.requireNonNull(port);
    if (dontFragment != keepsWhole) {
      through.dontFragment(dontFragment);
      keepsWhole = dontFragment;
    }
    through.send(bytes, index, length, peer);
  }

  @Override
  public void received(ByteBuf buffer, int index, int length, long high, long low, int itsPort) {
    Allocation of = allocation;
    if (of != null) {
      relaying.fromPeer(of, this, buffer, index, length, high, low, itsPort);
    }
  }

  @Override
  public void unreachable(Endpoint peer, int type, int code, int data) {
    Allocation of = allocation;
    if (of != null) {
      relaying.unreachable(of, this, peer, type, code, data);
    }
  }

  void close() {
    if (port != null) {
      home.udp().remove(address.port());
      port.close();
    }
    if (tcp != null) {
      home.tcp().remove(address.port());
      tcp.close();
    }
    allocation = null;
  }
}
