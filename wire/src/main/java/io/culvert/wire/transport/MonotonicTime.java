package io.culvert.wire.transport;

import java.time.Instant;
import java.time.InstantSource;

/** The time since now, in steps that no change of the system clock disturbs. Thread-safe. */
public final class MonotonicTime implements InstantSource {
  private final Instant origin = Instant.now();
  private final long originNanos = System.nanoTime();

  @Override
  public Instant instant() {
    return origin.plusNanos(System.nanoTime() - originNanos);
  }
}
