package io.culvert.client.net;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Wakes a state machine when it asks for it. Confined to the event loop. */
public final class Alarm {
  private final EventLoop loop;
  private final InstantSource time;
  private final Runnable task;
  private @Nullable Future<?> timer;

  public Alarm(EventLoop loop, InstantSource time, Runnable task) {
    this.loop = loop;
    this.time = time;
    this.task = task;
  }

  /** Runs the task at that time, or not at all; what was set before counts no more. */
  public void set(Optional<Instant> at) {
    cancel();
    at.ifPresent(when ->
        timer =
            loop.schedule(
                task,
                Math.max(0, Duration.between(time.instant(), when).toNanos()),
                TimeUnit.NANOSECONDS));
  }

  /** Does not run the task any more. */
  public void cancel() {
    if (timer != null) {
      timer.cancel(false);
    }
  }
}
