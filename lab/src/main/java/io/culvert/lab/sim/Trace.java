package io.culvert.lab.sim;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Everything that has arrived anywhere, as one number and, for who listens, line by line. */
final class Trace {
  private final Simulation simulation;
  private long hash = 0xcbf29ce484222325L;
  private @Nullable Consumer<String> listener;

  Trace(Simulation simulation) {
    this.simulation = simulation;
  }

  void listen(Consumer<String> to) {
    listener = to;
  }

  long hash() {
    return hash;
  }

  void arrived(String where, Packet packet) {
    note(where, "", packet);
  }

  void dropped(String where, String why, Packet packet) {
    note(where, why, packet);
  }

  private void note(String where, String what, Packet packet) {
    Duration elapsed = simulation.elapsed();
    mix(elapsed.toNanos());
    mix(where.hashCode());
    mix(what.hashCode());
    mix(packet.ttl());
    switch (packet) {
      case Packet.Datagram datagram -> mix(datagram);
      case Packet.IcmpError error -> {
        mix(error.reason().name().hashCode());
        mix(error.source().hashCode());
        mix(error.about());
      }
    }
    if (listener != null) {
      listener.accept(
          String.format(
              Locale.ROOT,
              "%10.3f ms  %s%s: %s",
              elapsed.toNanos() / 1e6,
              where,
              what.isEmpty() ? "" : " " + what,
              packet));
    }
  }

  private void mix(Packet.Datagram datagram) {
    mix(datagram.from());
    mix(datagram.to());
    mix(Arrays.hashCode(datagram.payload()));
  }

  private void mix(InetSocketAddress endpoint) {
    mix(endpoint.getAddress().hashCode());
    mix(endpoint.getPort());
  }

  private void mix(long value) {
    hash = (hash ^ value) * 0x100000001b3L;
    hash ^= hash >>> 29;
  }
}
