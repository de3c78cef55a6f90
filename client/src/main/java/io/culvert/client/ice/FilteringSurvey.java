package io.culvert.client.ice;

import io.culvert.client.net.Alarm;
import io.culvert.traversal.nat.Filtering;
import io.culvert.traversal.nat.FilteringProbe;
import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.stun.StunCodec;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.transport.MonotonicTime;
import io.culvert.wire.transport.udp.DatagramLoop;
import io.culvert.wire.transport.udp.DatagramOptions;
import io.culvert.wire.transport.udp.DatagramPort;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** Gives a {@link FilteringProbe} a socket of its own, and its time. Confined to the event loop. */
final class FilteringSurvey implements DatagramPort.Receiver {
  private static final InetSocketAddress ANY = new InetSocketAddress("0.0.0.0", 0);
  private static final DatagramOptions OPTIONS = new DatagramOptions(false, 0, 0, false);

  private final InstantSource time = new MonotonicTime();
  private final Endpoint server;
  private final Consumer<Filtering> whenDone;
  private final FilteringProbe probe;
  private final Alarm alarm;
  private final DatagramPort port;
  private boolean closed;

  /**
   * Begins.
   *
   * @param random fit for secrets
   * @param server one that has another address, too
   * @param whenDone told once, unless this is closed before
   */
  FilteringSurvey(
      EventLoop loop,
      DatagramLoop datagrams,
      RandomGenerator random,
      InetSocketAddress server,
      Consumer<Filtering> whenDone)
      throws IOException {
    this.server = Endpoint.of(server);
    this.whenDone = whenDone;
    this.probe = new FilteringProbe(random, time.instant());
    this.alarm = new Alarm(loop, time, this::proceed);
    this.port = datagrams.open(ANY, OPTIONS, this);
    proceed();
  }

  /** Ends it, if it has not ended. */
  void close() {
    if (!closed) {
      closed = true;
      alarm.cancel();
      port.close();
    }
  }

  private void proceed() {
    Instant now = time.instant();
    if (probe.isOver(now)) {
      close();
      whenDone.accept(probe.result());
      return;
    }
    for (StunMessage question : probe.due(now)) {
      ByteBuf out = Unpooled.buffer();
      StunCodec.encode(question, out);
      port.send(out, 0, out.readableBytes(), server);
    }
    alarm.set(probe.nextDeadline(now));
  }

  @Override
  public void received(ByteBuf buffer, int index, int length, long high, long low, int from) {
    if (closed) {
      return;
    }
    try {
      probe.heard(StunCodec.decode(buffer.slice(index, length)));
      proceed();
    } catch (MalformedMessageException e) {
      // Anybody can send anything.
    }
  }

  @Override
  public void unreachable(Endpoint to, int type, int code, int data) {
    // What does not arrive is not answered either.
  }
}
