package io.culvert.lab.load;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Counts what leaves and what arrives, in all and of the measured trial. A trial's packets are
 * known by their {@link Stamp}: those that arrive after its end are late, not lost. Not
 * thread-safe.
 */
final class Tally {
  private static final int WARM_UP = 0;

  private final boolean timed;
  private long[] latencies = new long[1 << 12];
  private int timedPackets;

  private int lastTrial = WARM_UP;
  private int trial = WARM_UP;
  private long arrived;
  private long trialSent;
  private long trialArrived;
  private int arrivedBytes;

  /**
   * A new one.
   *
   * @param timed whether the time between leaving and arriving says something
   */
  Tally(boolean timed) {
    this.timed = timed;
  }

  /** What is sent from now on belongs to a new trial. */
  void beginTrial() {
    trial = ++lastTrial;
    trialSent = 0;
    trialArrived = 0;
    timedPackets = 0;
  }

  /** A packet is about to leave: stamps it. */
  void leaves(ByteBuf packet, int stampAt, long now) {
    Stamp.write(packet, stampAt, trial, now);
    trialSent++;
  }

  /** Something has been done that takes more than one packet. */
  void counts() {
    arrived++;
  }

  /** A packet has come. */
  void arrives(ByteBuf packet, int stampAt, int length) {
    arrived++;
    arrivedBytes = length;
    if (Stamp.trial(packet, stampAt) != lastTrial) {
      return;
    }
    trialArrived++;
    if (timed) {
      if (timedPackets == latencies.length) {
        latencies = Arrays.copyOf(latencies, latencies.length * 2);
      }
      latencies[timedPackets++] = System.nanoTime() - Stamp.sentAt(packet, stampAt);
    }
  }

  /** How many have come so far, of all trials. */
  long arrived() {
    return arrived;
  }

  /** How many of this trial have left. */
  long sent() {
    return trialSent;
  }

  /** How many of this trial have not come yet. */
  long missing() {
    return trialSent - trialArrived;
  }

  /** How long the last one was. */
  int arrivedBytes() {
    return arrivedBytes;
  }

  /** Of this trial. */
  Latency latency() {
    return Latency.of(latencies, timedPackets);
  }
}
