package io.culvert.lab.bench;

import java.util.Locale;

/** What a figure counts. */
public enum Unit {
  PER_SECOND("/s", 0),
  MICROSECONDS("µs", 2),
  MILLISECONDS("ms", 0),
  COUNT("", 0),
  PERCENT("%", 2),
  BYTES("B", 0),
  MEGABYTES("MB", 1),
  MEGABYTES_PER_SECOND("MB/s", 0),
  TIMES("×", 0);

  private final String symbol;
  private final int decimals;

  Unit(String symbol, int decimals) {
    this.symbol = symbol;
    this.decimals = decimals;
  }

  /** How it is written. */
  public String symbol() {
    return symbol;
  }

  /** A value with this unit, for people; a dash when there is none. */
  public String format(double value) {
    return Double.isFinite(value)
        ? String.format(Locale.ROOT, "%,." + decimals + "f %s", value, symbol).replace(',', ' ')
        : "–";
  }
}
