package io.culvert.server.turn;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.wire.transport.udp.DatagramPort;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;

/** A relay's socket without a socket. */
final class PaperPort implements DatagramPort {
  /** What has been sent through it. */
  @SuppressWarnings("ArrayRecordComponent") // never compared as a whole
  record Sent(Endpoint to, byte[] data, boolean dontFragment) {}

  private static final byte[] NEXT = {1, 2, 3, 4};

  private final Endpoint address;
  private final Receiver receiver;
  private final Runnable whenClosed;
  private final List<Sent> sent = new ArrayList<>();
  private boolean dontFragment;
  private boolean open = true;
  private boolean discards;

  PaperPort(Endpoint address, Receiver receiver, Runnable whenClosed) {
    this.address = address;
    this.receiver = receiver;
    this.whenClosed = whenClosed;
  }

  boolean isOpen() {
    return open;
  }

  /** Keeps nothing of what is sent from now on. */
  void discard() {
    discards = true;
  }

  /** Everything sent since this was asked last. */
  List<Sent> sent() {
    List<Sent> copy = List.copyOf(sent);
    sent.clear();
    return copy;
  }

  /** A peer sends a datagram. */
  void comes(Endpoint from, byte[] data) {
    // Behind it there may be the next one, as with a real port.
    ByteBuf buffer = Unpooled.buffer(HEADROOM + data.length + NEXT.length);
    buffer.writeZero(HEADROOM).writeBytes(data).writeBytes(NEXT);
    receiver.received(buffer, HEADROOM, data.length, from.high(), from.low(), from.port());
    assertThat(ByteBufUtil.getBytes(buffer, HEADROOM + data.length, NEXT.length))
        .as("the next datagram")
        .isEqualTo(NEXT);
  }

  /** A router reports that a datagram has not arrived. */
  void unreachable(Endpoint peer, int type, int code, int data) {
    receiver.unreachable(peer, type, code, data);
  }

  @Override
  public Endpoint localAddress() {
    return address;
  }

  @Override
  public void send(ByteBuf bytes, int index, int length, Endpoint to) {
    if (discards) {
      return;
    }
    sent.add(new Sent(to, ByteBufUtil.getBytes(bytes, index, length), dontFragment));
  }

  @Override
  public boolean hopLimit(int routers) {
    return false;
  }

  @Override
  public void dontFragment(boolean whether) {
    dontFragment = whether;
  }

  @Override
  public long dropped() {
    return 0;
  }

  @Override
  public long unsent() {
    return 0;
  }

  @Override
  public void close() {
    open = false;
    whenClosed.run();
  }
}
