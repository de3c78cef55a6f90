package io.culvert.lab.sim;

import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** One direction of a link. */
final class Line {
  private static final long NANOS_A_SECOND = 1_000_000_000;

  private final World world;
  private final String name;
  private final Consumer<Packet> end;
  private final SplittableRandom random;
  private Quality quality;
  private boolean bad;
  private boolean cut;

  /** How often it has been cut: what was under way then does not arrive. */
  private int cuts;

  private Instant free = Simulation.START;
  private Instant lastArrival = Simulation.START;

  Line(World world, String name, Quality quality, Consumer<Packet> end) {
    this.world = world;
    this.name = name;
    this.quality = quality;
    this.end = end;
    this.random = world.simulation().random(name);
  }

  void send(Packet packet) {
    Instant now = world.simulation().now();
    if (cut) {
      drop("cut off", packet);
    } else if (packet.bytes() > quality.mtu()) {
      drop("too long", packet);
    } else if (waiting(now) + packet.bytes() > quality.queue() && isLimited()) {
      drop("queue full", packet);
    } else {
      Instant sent = transmit(packet, now);
      if (loses()) {
        drop("lost", packet);
        return;
      }
      deliver(packet, sent);
      if (happens(quality.duplication())) {
        deliver(packet, sent);
      }
    }
  }

  void quality(Quality other) {
    quality = other;
  }

  Quality quality() {
    return quality;
  }

  void cut() {
    cut = true;
    cuts++;
  }

  void restore() {
    cut = false;
    free = world.simulation().now();
  }

  private boolean isLimited() {
    return quality.rate() != Quality.UNLIMITED;
  }

  /** How many bytes have not been sent yet. */
  private double waiting(Instant now) {
    return isLimited() && free.isAfter(now)
        ? (double) Duration.between(now, free).toNanos()
            * quality.rate()
            / NANOS_A_SECOND
            / Byte.SIZE
        : 0;
  }

  /** When the packet's last bit has left. */
  private Instant transmit(Packet packet, Instant now) {
    if (!isLimited()) {
      return now;
    }
    long nanos = (long) packet.bytes() * Byte.SIZE * NANOS_A_SECOND / quality.rate();
    free = (free.isAfter(now) ? free : now).plusNanos(nanos);
    return free;
  }

  private boolean loses() {
    bad = bad ? !happens(quality.loss().becomesGood()) : happens(quality.loss().becomesBad());
    return bad;
  }

  private void deliver(Packet packet, Instant sent) {
    Instant arrival = sent.plus(quality.delay());
    long jitter = quality.jitter().toNanos();
    if (jitter > 0) {
      arrival = arrival.plusNanos(random.nextLong(jitter + 1));
    }
    if (happens(quality.reordering().rate())) {
      arrival = arrival.plus(quality.reordering().by());
    } else {
      arrival = arrival.isAfter(lastArrival) ? arrival : lastArrival;
      lastArrival = arrival;
    }
    int life = cuts;
    world
        .simulation()
        .schedule(
            arrival,
            () -> {
              if (cuts == life) {
                end.accept(packet);
              } else {
                drop("cut off", packet);
              }
            });
  }

  /** Draws nothing when there is nothing to decide. */
  private boolean happens(double probability) {
    return probability > 0 && random.nextDouble() < probability;
  }

  private void drop(String why, Packet packet) {
    world.trace().dropped(name, why, packet);
  }
}
