package io.culvert.lab.sim;

import java.time.Duration;
import java.util.Locale;

/**
 * What one direction of a link does to packets.
 *
 * @param delay that every packet has
 * @param jitter at most how much more a packet has; it does not change their order
 * @param loss how many get lost
 * @param duplication the share of packets that arrive twice, 0 to 1
 * @param reordering which ones are overtaken
 * @param rate in bits a second, or {@link #UNLIMITED}
 * @param queue how many bytes may wait for their turn where there is a rate; more are lost
 * @param mtu the longest packet in bytes, IP header included; longer ones vanish, as in a black
 *     hole
 */
public record Quality(
    Duration delay,
    Duration jitter,
    Loss loss,
    double duplication,
    Reordering reordering,
    long rate,
    int queue,
    int mtu) {
  public static final long UNLIMITED = Long.MAX_VALUE;

  /** An ordinary router's queue. */
  private static final int QUEUE = 256 * 1024;

  private static final int ETHERNET_MTU = 1500;

  /** A cable: everything arrives at once. */
  public static final Quality PERFECT =
      new Quality(
          Duration.ZERO,
          Duration.ZERO,
          Loss.NONE,
          0,
          Reordering.NONE,
          UNLIMITED,
          QUEUE,
          ETHERNET_MTU);

  public Quality {
    if (delay.isNegative() || jitter.isNegative() || rate <= 0) {
      throw new IllegalArgumentException("no time runs backwards, and some packets arrive");
    }
  }

  /** Everything arrives that much later. */
  public static Quality delay(Duration delay) {
    return PERFECT.withDelay(delay);
  }

  /** The same in milliseconds, with fractions. */
  public static Quality delayMillis(double millis) {
    return delay(Duration.ofNanos(Math.round(millis * 1e6)));
  }

  public Quality withDelay(Duration other) {
    return new Quality(other, jitter, loss, duplication, reordering, rate, queue, mtu);
  }

  public Quality withJitter(Duration other) {
    return new Quality(delay, other, loss, duplication, reordering, rate, queue, mtu);
  }

  public Quality withLoss(Loss other) {
    return new Quality(delay, jitter, other, duplication, reordering, rate, queue, mtu);
  }

  public Quality withDuplication(double other) {
    return new Quality(delay, jitter, loss, other, reordering, rate, queue, mtu);
  }

  public Quality withReordering(Reordering other) {
    return new Quality(delay, jitter, loss, duplication, other, rate, queue, mtu);
  }

  public Quality withRate(long bitsPerSecond, int queueBytes) {
    return new Quality(
        delay, jitter, loss, duplication, reordering, bitsPerSecond, queueBytes, mtu);
  }

  public Quality withMtu(int other) {
    return new Quality(delay, jitter, loss, duplication, reordering, rate, queue, other);
  }

  /** What is not perfect about it. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(millis(delay));
    if (!jitter.isZero()) {
      text.append(", jitter ").append(millis(jitter));
    }
    if (loss.rate() > 0) {
      text.append(", loss ").append(percent(loss.rate()));
      text.append(number(" by %.1f", loss.burst()));
    }
    if (duplication > 0) {
      text.append(", duplicates ").append(percent(duplication));
    }
    if (reordering.rate() > 0) {
      text.append(", reorders ").append(percent(reordering.rate()));
      text.append(" by ").append(millis(reordering.by()));
    }
    if (rate != UNLIMITED) {
      text.append(number(", %.1f Mbit/s", rate / 1e6));
    }
    return text.append(mtu == ETHERNET_MTU ? "" : ", mtu " + mtu).toString();
  }

  private static String millis(Duration duration) {
    return number("%.1f ms", duration.toNanos() / 1e6);
  }

  private static String percent(double share) {
    return number("%.1f %%", share * 100);
  }

  private static String number(String format, double number) {
    return String.format(Locale.ROOT, format, number);
  }
}
