package io.culvert.lab.load;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/**
 * Sends at a steady rate: every source once in a period, each at a moment of its own that is random
 * and then stays, like those of conversations that know nothing of each other.
 */
final class Timetable implements Step {
  private final long period;
  private final long[] moments;
  private final int[] order;
  private final Source source;
  private long periodBegan;
  private int next;

  /**
   * Begins now.
   *
   * @param perSecond packets of all sources together
   */
  Timetable(int sources, int perSecond, Source source, RandomGenerator random, long now) {
    period = TimeUnit.SECONDS.toNanos(1) * sources / perSecond;
    moments = random.longs(sources, 0, period).sorted().toArray();
    order = shuffled(sources, random);
    this.source = source;
    periodBegan = now;
  }

  private static int[] shuffled(int count, RandomGenerator random) {
    int[] numbers = new int[count];
    Arrays.setAll(numbers, i -> i);
    for (int i = count - 1; i > 0; i--) {
      int other = random.nextInt(i + 1);
      int number = numbers[i];
      numbers[i] = numbers[other];
      numbers[other] = number;
    }
    return numbers;
  }

  @Override
  public void at(long now) {
    while (now - periodBegan >= moments[next]) {
      source.send(order[next], now);
      if (++next == moments.length) {
        next = 0;
        periodBegan += period;
      }
    }
  }
}
