package io.culvert.server.turn;

import io.culvert.server.turn.Tickets.Place;
import io.culvert.server.turn.Tickets.Ticket;
import org.jspecify.annotations.Nullable;

/**
 * The tickets of one allocation (RFC 8016 §3.2.2): each new address gets one of its own, and the
 * one before stays good until the client is heard from there, for the answer with the new one may
 * be lost. Confined to the thread of the allocation's loop.
 */
final class Passport {
  private final Tickets tickets;
  private Place place;
  private Ticket current;
  private @Nullable Ticket former;

  /** With a first ticket, to an allocation at that place. */
  Passport(Tickets tickets, Place place) {
    this.tickets = tickets;
    this.place = place;
    this.current = tickets.issue(place);
  }

  Place place() {
    return place;
  }

  /** What the client is to show next. */
  Ticket ticket() {
    return current;
  }

  /** That one has been shown at another address: of those before, the client has this one. */
  void renew(Ticket shown) {
    if (former != null) {
      tickets.cancel(shown.equals(former) ? current : former);
    }
    former = shown;
    current = tickets.issue(place);
  }

  /** The client is where it has shown the former one. */
  void arrived() {
    if (former != null) {
      tickets.cancel(former);
      former = null;
    }
  }

  /** What they lead to is somewhere else, or something else, now. */
  void lead(Place to) {
    place = to;
    tickets.lead(current, to);
    if (former != null) {
      tickets.lead(former, to);
    }
  }

  /** They are good for nothing any more. */
  void cancel() {
    arrived();
    tickets.cancel(current);
  }
}
