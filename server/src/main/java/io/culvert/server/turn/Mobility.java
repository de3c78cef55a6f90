package io.culvert.server.turn;

import io.culvert.server.turn.Tickets.Place;
import io.culvert.server.turn.Tickets.Ticket;
import io.culvert.wire.transport.udp.DatagramPort;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Allocations that their clients take along to another address (RFC 8016). A client that has shown
 * its ticket at a new address is sent to at the old one until it sends data from the new one. If
 * the new address belongs to another loop, the allocation moves there first; what comes meanwhile
 * is lost, and the client asks again. One loop's.
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
    allocation.ticket(resources.tickets().issue(turn, allocation));
  }

  /**
   * A client without an allocation shows a ticket.
   *
   * @return its allocation; null when the request has been answered, or is to be sent again
   */
  @Nullable Allocation resume(Exchange exchange) {
    Request request = exchange.request();
    if (!resources.settings().mobility()) {
      exchange.refuse(Refusal.MOBILITY_FORBIDDEN);
      return null;
    }
    Place place = place(request);
    if (place == null) {
      // A goodbye that is sent again, for its answer was lost: the client shall take it as done.
      boolean isGoodbye = request.lifetime() == 0;
      exchange.refuse(isGoodbye ? Refusal.ALLOCATION_MISMATCH : Refusal.BAD_REQUEST);
      return null;
    }
    if (!place.user().equals(exchange.user())) {
      exchange.refuse(Refusal.WRONG_CREDENTIALS);
      return null;
    }
    if (place.loop() != turn) {
      CompletableFuture<Void> moved = new CompletableFuture<>();
      place.loop().mobility().giveAway(place.allocation(), this, moved);
      exchange.client().postpone(request.reader().buffer(), moved);
      return null;
    }
    Allocation allocation = place.allocation();
    allocation.expect(exchange.client().lasting());
    return allocation;
  }

  private @Nullable Place place(Request request) {
    if (request.ticketLength() != TICKET_BYTES) {
      return null;
    }
    ByteBuf buffer = request.reader().buffer();
    int at = request.ticketAt();
    return resources
        .tickets()
        .find(new Ticket(buffer.getLong(at), buffer.getLong(at + Long.BYTES)));
  }

  /** Hands an allocation to another loop. Any thread may ask, and ask again. */
  private void giveAway(Allocation allocation, Mobility to, CompletableFuture<Void> moved) {
    executor.execute(() -> {
      Ticket ticket = allocation.ticket();
      Place place = ticket == null ? null : resources.tickets().find(ticket);
      if (ticket != null && place != null && place.loop() == turn) {
        allocations.detach(allocation);
        resources.tickets().move(ticket, to.turn, allocation);
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
