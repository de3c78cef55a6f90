package io.culvert.traversal.portmap;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The age of a router's memory, which tells that it has lost it. */
final class Epoch {
  /** How a protocol compares the router's clock with ours. */
  @FunctionalInterface
  interface Rule {
    /** Whether the router remembers, when these are the seconds between two answers. */
    boolean holds(long byOurClock, long byItsClock);
  }

  /** RFC 6887 §8.5: a second back may be reordering; clocks may differ by a sixteenth. */
  static final Rule PCP =
      (ours, its) -> its >= -1 && ours + 2 >= its - its / 16 && its + 2 >= ours - ours / 16;

  /** RFC 6886 §3.6: a clock may be slow by an eighth. */
  static final Rule NAT_PMP = (ours, its) -> its + 2 >= ours - ours / 8;

  private final Rule rule;
  private long last;
  private @Nullable Instant at;

  Epoch(Rule rule) {
    this.rule = rule;
  }

  /** Takes in what an answer says; false when the router has forgotten what it said before. */
  boolean remembers(long seconds, Instant now) {
    boolean remembers =
        at == null || rule.holds(Duration.between(at, now).toSeconds(), seconds - last);
    last = seconds;
    at = now;
    return remembers;
  }
}
