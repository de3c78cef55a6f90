package io.culvert.lab.sim;

/**
 * How packets get lost: a line is good or, for some packets, bad, and loses what is sent while it
 * is bad (Gilbert's model). Packets get lost independently of one another when a bad stretch is as
 * long as chance makes it.
 *
 * @param rate the share of lost packets in the long run, 0 to below 1
 * @param burst how many packets in a row get lost on average, 1 or more
 */
public record Loss(double rate, double burst) {
  public static final Loss NONE = independent(0);

  public Loss {
    if (rate < 0 || rate >= 1 || burst < 1) {
      throw new IllegalArgumentException("no loss at a rate of " + rate + " by " + burst);
    }
  }

  /** Each packet for itself. */
  public static Loss independent(double rate) {
    return new Loss(rate, 1 / (1 - rate));
  }

  /** Several in a row. */
  public static Loss bursts(double rate, double burst) {
    return new Loss(rate, burst);
  }

  double becomesBad() {
    return rate / (burst * (1 - rate));
  }

  double becomesGood() {
    return 1 / burst;
  }
}
