package io.culvert.server.turn;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks now and then for the addresses of this machine, which may come and go. It does so on a
 * thread of its own, for the kernel is asked for a list that may be long.
 */
final class AddressLookout implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AddressLookout.class);

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("turn-addresses").daemon(true).factory());
  private final Supplier<Set<InetAddress>> addresses;
  private final Runnable changed;

  /** None: the first look may find others than were there when the server was started. */
  private Set<InetAddress> known = Set.of();

  /**
   * Does not look yet.
   *
   * @param changed told, on the lookout's thread, after each change, and after the first look
   */
  AddressLookout(Supplier<Set<InetAddress>> addresses, Runnable changed) {
    this.addresses = addresses;
    this.changed = changed;
  }

  void start(Duration every) {
    thread.scheduleWithFixedDelay(
        this::look, every.toNanos(), every.toNanos(), TimeUnit.NANOSECONDS);
  }

  private void look() {
    try {
      Set<InetAddress> now = addresses.get();
      if (!now.equals(known)) {
        changed.run();
        known = now;
      }
    } catch (RuntimeException e) { // the next look may succeed
      log.warn("turn: clients may reach new addresses of this machine: {}", e.getMessage());
    }
  }

  /** Does not look any more. */
  @Override
  public void close() {
    thread.shutdownNow();
  }
}
