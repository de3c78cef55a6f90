package io.culvert.server.turn;

/** How long a relay lives unless its client refreshes it; in seconds. */
final class Lifetimes {
  /** What whoever does not say gets (RFC 8656 §3.2), unless less is the most. */
  private static final long DEFAULT = 600;

  private Lifetimes() {}

  /**
   * What a client gets that has asked for so much, or for nothing ({@link Request#ABSENT}): no less
   * than the default, no more than the most (RFC 8656 §7.2).
   */
  static long granted(long asked, long most) {
    return Math.min(Math.max(asked, DEFAULT), most);
  }
}
