package io.culvert.server.turn;

import io.culvert.server.turn.Tickets.Place;
import io.culvert.server.turn.Tickets.Ticket;
import io.culvert.wire.stun.AddressFamily;
import io.culvert.wire.transport.udp.DatagramPort;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Allocations that their clients take along to another address (RFC 8016). A client that has shown
 * a ticket at a new address is sent to at the old one until it sends data from the new one. If the
 * new address belongs to another loop, the allocation moves there first; what comes meanwhile is
 * lost, and the client asks again. One loop's.
 */
final class Mobility {
  private static final int TICKET_BYTES = 2 * Long.BYTES;

  private final Turn turn;
  private final Executor executor;
  private final Resources resources;
  private final Allocations allocations;
  private final RelaySockets sockets;
  private final Relaying relaying;

  /**
   * For the allocations of one loop.
   *
   * @param executor runs tasks on that loop
   */
  Mobility(
      Turn turn,
      Executor executor,
      Resources resources,
      Allocations allocations,
      RelaySockets sockets,
      Relaying relaying) {
    this.turn = turn;
    this.executor = executor;
    this.resources = resources;
    this.allocations = allocations;
    this.sockets = sockets;
    this.relaying = relaying;
  }

  /** Gives a new allocation its first ticket. */
  void issue(Allocation allocation) {
    allocation.passport(new Passport(resources.tickets(), Place.of(turn, allocation)));
  }

  /**
   * A client shows a ticket. Nothing moves for a request that is refused.
   *
   * @return its allocation; null when the request has been answered, or is to be sent again
   */
  @Nullable Allocation resume(Exchange exchange) {
    if (!resources.settings().mobility()) {
      exchange.refuse(Refusal.MOBILITY_FORBIDDEN);
      return null;
    }
    Request request = exchange.request();
    Ticket ticket = ticket(request);
    Place place = ticket == null ? null : resources.tickets().find(ticket);
    if (ticket == null || place == null) {
      // A goodbye that is sent again, for its answer was lost: the client shall take it as done.
      boolean isGoodbye = request.lifetime() == 0 && exchange.client().allocation() == null;
      exchange.refuse(isGoodbye ? Refusal.ALLOCATION_MISMATCH : Refusal.BAD_REQUEST);
      return null;
    }
    Refusal refusal = judge(exchange, place);
    if (refusal != null) {
      exchange.refuse(refusal);
      return null;
    }
    Allocation allocation = place.allocation();
    if (allocation.equals(exchange.client().allocation())) {
      return allocation; // the answer may have been lost
    }
    if (!allocations.has(allocation)) { // of another loop, or on its way to this one
      CompletableFuture<Void> moved = new CompletableFuture<>();
      place.loop().mobility().giveAway(allocation, this, moved);
      exchange.client().postpone(request.reader().buffer(), moved);
      return null;
    }
    allocation.expect(exchange.client().lasting());
    passport(allocation).renew(ticket);
    resources.counters().count(TurnCounter.MOVED);
    return allocation;
  }

  private static @Nullable Refusal judge(Exchange exchange, Place place) {
    if (!place.user().equals(exchange.user())) {
      return Refusal.WRONG_CREDENTIALS;
    }
    Allocation another = exchange.client().allocation();
    if (another != null && !another.equals(place.allocation())) {
      return Refusal.ALLOCATION_MISMATCH;
    }
    return switch (exchange.request().requestedFamily()) {
      case Request.ABSENT -> null;
      case AddressFamily.IPV4 -> place.ipv4() ? null : Refusal.PEER_FAMILY_MISMATCH;
      case AddressFamily.IPV6 -> place.ipv6() ? null : Refusal.PEER_FAMILY_MISMATCH;
      default -> Refusal.PEER_FAMILY_MISMATCH;
    };
  }

  /** Every allocation has one that a ticket leads to. */
  private static Passport passport(Allocation allocation) {
    return Objects.requireNonNull(allocation.passport());
  }

  private static @Nullable Ticket ticket(Request request) {
    if (request.ticketLength() != TICKET_BYTES) {
      return null;
    }
    ByteBuf buffer = request.reader().buffer();
    int at = request.ticketAt();
    return new Ticket(buffer.getLong(at), buffer.getLong(at + Long.BYTES));
  }

  /** Hands an allocation to another loop. Any thread may ask, and ask again. */
  private void giveAway(Allocation allocation, Mobility to, CompletableFuture<Void> moved) {
    executor.execute(() -> {
      if (to != this && allocations.has(allocation)) {
        allocations.detach(allocation);
        passport(allocation).lead(Place.of(to.turn, allocation));
        to.executor.execute(() -> to.take(allocation));
      }
      to.executor.execute(() -> moved.complete(null));
    });
  }

  private void take(Allocation allocation) {
    allocations.attach(allocation);
    reopen(allocation, allocation.second());
    reopen(allocation, allocation.first());
  }

  private void reopen(Allocation allocation, @Nullable Relay relay) {
    if (relay == null) {
      return;
    }
    try {
      DatagramPort port =
          sockets.open(relay.home().local(relay.address().port()), relay.on(relaying));
      relay.opened(port, allocation);
    } catch (IOException e) {
      turn.end(allocation, relay, EndReason.PORT_LOST);
    }
  }
}
