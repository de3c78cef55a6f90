package io.culvert.server.turn;

import io.culvert.server.turn.Tickets.Place;
import io.culvert.server.turn.pool.Quotas;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All allocations of one loop, whose thread alone uses them, but for their number, which any thread
 * may ask for.
 */
final class Allocations {
  private static final Logger log = LoggerFactory.getLogger(Allocations.class);

  private final List<Allocation> all = new ArrayList<>();
  private final Quotas quotas;
  private volatile int size;

  /** None yet; each counts in these quotas while it lives. */
  Allocations(Quotas quotas) {
    this.quotas = quotas;
  }

  /** How many there are. */
  int size() {
    return size;
  }

  /** Whether it is one of these; it may be another loop's. */
  boolean has(Allocation allocation) {
    int place = allocation.place();
    return place < all.size() && all.get(place) == allocation;
  }

  /** An allocation begins: its client has it from now on. */
  void add(Allocation allocation) {
    attach(allocation);
    allocation.client().allocation(allocation);
  }

  /** Ends one of two relays, or the only one and with it the allocation. */
  void end(Allocation allocation, Relay relay, EndReason why, long nowNanos) {
    boolean more = allocation.remove(relay);
    Passport passport = allocation.passport();
    relay.home().ports().give(relay.address().port());
    if (!more) {
      remove(allocation);
      quotas.free(allocation.grant().user());
      if (passport != null) {
        passport.cancel();
      }
      log.info("{}", EndReport.of(allocation, why, nowNanos));
    } else if (passport != null) {
      passport.lead(Place.of(passport.place().loop(), allocation));
    }
  }

  /** Ends an allocation. */
  void end(Allocation allocation, EndReason why, long nowNanos) {
    for (Relay relay = allocation.first(); relay != null; relay = allocation.first()) {
      end(allocation, relay, why, nowNanos);
    }
  }

  /** Ends all of them. */
  void endAll(EndReason why, long nowNanos) {
    while (!all.isEmpty()) {
      end(all.getLast(), why, nowNanos);
    }
  }

  /** Ends whatever is to end by now: relays, permissions and channels. */
  void expire(long nowNanos) {
    // From the end: what takes an ended one's place has been looked at already.
    for (int i = all.size() - 1; i >= 0; i--) {
      Allocation allocation = all.get(i);
      allocation.expire(nowNanos);
      expire(allocation, allocation.second(), nowNanos);
      expire(allocation, allocation.first(), nowNanos);
    }
  }

  private void expire(Allocation allocation, @Nullable Relay relay, long nowNanos) {
    if (relay != null && nowNanos - relay.endNanos() >= 0) {
      end(allocation, relay, EndReason.EXPIRED, nowNanos);
    }
  }

  /** An allocation that leaves for another loop: its sockets are closed, its ports stay taken. */
  void detach(Allocation allocation) {
    remove(allocation);
    allocation.leaveClients(); // they are this loop's
    for (Relay relay : new @Nullable Relay[] {allocation.first(), allocation.second()}) {
      if (relay != null) {
        relay.close();
      }
    }
  }

  /** An allocation that has come from another loop, and whose client is not here yet. */
  void attach(Allocation allocation) {
    allocation.place(all.size());
    all.add(allocation);
    size = all.size();
  }

  /** Closes the gap with the last one. */
  private void remove(Allocation allocation) {
    Allocation last = all.removeLast();
    if (last != allocation) {
      last.place(allocation.place());
      all.set(allocation.place(), last);
    }
    size = all.size();
    allocation.releaseClients();
  }
}
