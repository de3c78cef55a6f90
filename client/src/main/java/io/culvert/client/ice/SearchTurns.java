package io.culvert.client.ice;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Who may fill our router with entries now: one session at a time, and the next one not before the
 * router has had some rest. Not thread-safe.
 */
final class SearchTurns {
  private static final Duration REST = Duration.ofSeconds(20);

  private @Nullable Object owner;
  private Instant free = Instant.MIN;

  /** Takes the turn, if it is to be had. */
  boolean take(Object who, Instant now) {
    if (owner == null && !now.isBefore(free)) {
      owner = who;
    }
    return who.equals(owner);
  }

  /** Gives it back, if it was taken. */
  void giveBack(Object who, Instant now) {
    if (who.equals(owner)) {
      owner = null;
      free = now.plus(REST);
    }
  }
}
