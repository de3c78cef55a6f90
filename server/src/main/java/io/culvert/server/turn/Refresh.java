package io.culvert.server.turn;

import io.culvert.server.net.Counters;
import io.culvert.wire.stun.AttributeType;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Refresh requests: an allocation lives longer, or no longer (RFC 8656 §8.2). */
final class Refresh {
  private final Resources resources;
  private final Allocations allocations;
  private final Counters<TurnCounter> counters;

  Refresh(Resources resources, Allocations allocations) {
    this.resources = resources;
    this.allocations = allocations;
    this.counters = resources.counters();
  }

  void handle(Exchange exchange, Allocation allocation, long nowNanos) {
    Request request = exchange.request();
    int family = request.requestedFamily();
    if (family != Request.ABSENT && !has(allocation, family)) {
      exchange.refuse(Refusal.PEER_FAMILY_MISMATCH);
      return;
    }
    long seconds =
        request.lifetime() == 0
            ? 0
            : Lifetimes.granted(request.lifetime(), resources.settings().maxLifetimeSeconds());
    refresh(allocation, allocation.second(), family, seconds, nowNanos);
    refresh(allocation, allocation.first(), family, seconds, nowNanos);
    counters.count(TurnCounter.REFRESHED);
    exchange.succeed().unsignedInt(AttributeType.LIFETIME, seconds);
    boolean lives = allocation.first() != null;
    if (request.hasTicket() && lives) {
      exchange.ticket(allocation.passport());
    }
    exchange.send();
  }

  private static boolean has(Allocation allocation, int family) {
    return Request.isFamily(family) && allocation.relay(Request.isIpv4(family)) != null;
  }

  private void refresh(
      Allocation allocation, @Nullable Relay relay, int family, long seconds, long nowNanos) {
    if (relay == null || (family != Request.ABSENT && relay.isIpv4() != Request.isIpv4(family))) {
      return;
    }
    if (seconds == 0) {
      allocations.end(allocation, relay, EndReason.RELEASED, nowNanos);
    } else {
      relay.endNanos(nowNanos + Duration.ofSeconds(seconds).toNanos());
    }
  }
}
