package io.culvert.client.ice;

import io.culvert.client.net.AddressProbe;
import io.culvert.client.net.Alarm;
import io.culvert.traversal.nat.NatObservations.Sighting;
import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.stun.StunCodec;
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
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Opens a few sockets, one after the other, and asks a STUN server where they are: so one sees how
 * the ports of a NAT follow each other. Confined to the event loop.
 */
final class NatSurvey {
  /** Three ports in a row are no accident, and one answer may be lost. */
  private static final int SOCKETS = 4;

  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final InetSocketAddress ANY = new InetSocketAddress("0.0.0.0", 0);
  private static final DatagramOptions OPTIONS = new DatagramOptions(false, 0, 0, false);

  private final DatagramLoop datagrams;
  private final RandomGenerator random;
  private final InstantSource time = new MonotonicTime();
  private final Alarm alarm;
  private final List<Asker> askers = new ArrayList<>();
  private final Consumer<List<Sighting>> whenDone;
  private final Instant end;

  /**
   * Begins.
   *
   * @param random fit for secrets
   * @param whenDone told once, after a second at most, unless this is closed before
   */
  NatSurvey(
      EventLoop loop,
      DatagramLoop datagrams,
      RandomGenerator random,
      InetSocketAddress server,
      Consumer<List<Sighting>> whenDone)
      throws IOException {
    this.datagrams = datagrams;
    this.random = random;
    this.whenDone = whenDone;
    this.alarm = new Alarm(loop, time, this::proceed);
    this.end = time.instant().plus(PATIENCE);
    try {
      for (int i = 0; i < SOCKETS; i++) {
        askers.add(new Asker(server));
      }
    } catch (IOException e) {
      close();
      throw e;
    }
    proceed();
  }

  /** Ends it, if it has not ended. */
  void close() {
    alarm.cancel();
    askers.forEach(asker -> asker.port.close());
    askers.clear();
  }

  private void proceed() {
    Instant now = time.instant();
    askers.forEach(asker -> asker.ask(now));
    Optional<Instant> next =
        askers.stream()
            .flatMap(asker -> asker.probe.nextDeadline(now).stream())
            .min(Instant::compareTo);
    if (next.isEmpty() || !end.isAfter(now)) {
      List<Sighting> seen = askers.stream().flatMap(asker -> asker.sighting().stream()).toList();
      close();
      whenDone.accept(seen);
    } else {
      alarm.set(next.map(at -> at.isBefore(end) ? at : end));
    }
  }

  private final class Asker implements DatagramPort.Receiver {
    final DatagramPort port;
    final AddressProbe probe;

    Asker(InetSocketAddress server) throws IOException {
      port = datagrams.open(ANY, OPTIONS, this);
      probe = new AddressProbe(List.of(server), time.instant(), random);
    }

    void ask(Instant now) {
      for (AddressProbe.Request request : probe.due(now)) {
        ByteBuf out = Unpooled.buffer();
        StunCodec.encode(request.message(), out);
        port.send(out, 0, out.readableBytes(), Endpoint.of(request.to()));
      }
    }

    Optional<Sighting> sighting() {
      return probe.address().map(mapped -> new Sighting(port.localAddress().port(), mapped));
    }

    @Override
    public void received(ByteBuf buffer, int index, int length, long high, long low, int from) {
      try {
        boolean isAnswer =
            probe.heard(
                StunCodec.decode(buffer.slice(index, length)),
                new Endpoint(high, low, from).toSocketAddress());
        if (isAnswer && askers.contains(this)) {
          proceed();
        }
      } catch (MalformedMessageException e) {
        // Anybody can send anything.
      }
    }

    @Override
    public void unreachable(Endpoint to, int type, int code, int data) {
      // What does not arrive is not answered either.
    }
  }
}
