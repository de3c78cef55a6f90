package io.culvert.server.tag;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Wakes the service when something is due. Confined to the event loop. */
final class TagTimer {
  private static final Logger log = LoggerFactory.getLogger(TagTimer.class);

  private final TagService service;
  private final InstantSource clock;
  private final EventExecutor eventLoop;
  private @Nullable Instant next;
  private @Nullable Future<?> alarm;

  TagTimer(TagService service, InstantSource clock, EventExecutor eventLoop) {
    this.service = service;
    this.clock = clock;
    this.eventLoop = eventLoop;
  }

  /** Sees to it that the service is woken in time. */
  void set() {
    Optional<Instant> due = service.nextDeadline();
    if (due.isEmpty() || (next != null && !due.get().isBefore(next))) {
      return; // an alarm that comes too early sets the next one
    }
    if (alarm != null) {
      alarm.cancel(false);
    }
    next = due.get();
    long nanos = Math.max(0, Duration.between(clock.instant(), next).toNanos());
    alarm = eventLoop.schedule(this::wake, nanos, TimeUnit.NANOSECONDS);
  }

  private void wake() {
    next = null;
    try {
      service.advance();
    } catch (RuntimeException e) {
      // The future that nobody looks at would keep it for itself.
      log.error("tag: something that was due was not done after an error of our own", e);
    }
    set();
  }
}
