package io.culvert.traversal.ice;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * When ways are looked for: for a while after each piece of news, and now and then as long as there
 * is none but TCP or a relay. Not thread-safe.
 */
final class Search {
  /** How long a search goes on after the last news of the peer. */
  static final Duration PATIENCE = Duration.ofSeconds(10);

  /** How long one goes on that is only made in case something has changed. */
  static final Duration SECOND_PATIENCE = Duration.ofSeconds(2);

  private static final List<Duration> PAUSES =
      List.of(Duration.ofSeconds(5), Duration.ofSeconds(15), Duration.ofSeconds(60));

  private Instant end = Instant.MIN;
  private Instant again = Instant.MAX;
  private int repeats;

  /** There is news: something is there to be found, or something has been lost. */
  void begin(Instant now) {
    repeats = 0;
    lasts(now.plus(PATIENCE));
  }

  /** Something is to be tried that may come to nothing. */
  void prolong(Instant now) {
    lasts(now.plus(SECOND_PATIENCE));
  }

  private void lasts(Instant until) {
    end = until.isAfter(end) ? until : end;
    again = Instant.MAX;
  }

  /** Whether there is one. */
  boolean isOn() {
    return !end.equals(Instant.MIN);
  }

  /** Whether the one that there is ends now. */
  boolean isOver(Instant now) {
    return isOn() && !end.isAfter(now);
  }

  /** Whether the next one begins now. */
  boolean isDue(Instant now) {
    return !again.isAfter(now);
  }

  /** It is over, and nothing more is wanted. */
  void finish() {
    end = Instant.MIN;
  }

  /**
   * It is over without success.
   *
   * @return whether it was the first one since there was news
   */
  boolean finishForNow(Instant now) {
    finish();
    again = now.plus(PAUSES.get(Math.min(repeats, PAUSES.size() - 1)));
    repeats++;
    return repeats == 1;
  }

  Instant nextDeadline() {
    return isOn() && end.isBefore(again) ? end : again;
  }
}
