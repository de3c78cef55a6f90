package io.culvert.server.turn;

import java.security.SecureRandom;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What clients take along when they move (RFC 8016): a ticket is a number that nobody can guess,
 * and leads to an allocation, whichever loop has it. Only its user may show it. Thread-safe.
 */
final class Tickets {
  /** The value of a MOBILITY-TICKET. */
  record Ticket(long high, long low) {}

  /**
   * Where an allocation is.
   *
   * @param loop whose allocation it is; only that loop may look at it
   */
  record Place(Turn loop, Allocation allocation, String user) {}

  private final SecureRandom random = new SecureRandom();
  private final Map<Ticket, Place> places = new ConcurrentHashMap<>();

  /** A ticket of its own for an allocation of that loop. */
  Ticket issue(Turn loop, Allocation allocation) {
    Ticket ticket = new Ticket(random.nextLong(), random.nextLong());
    places.put(ticket, new Place(loop, allocation, allocation.grant().user()));
    return ticket;
  }

  /** Where a ticket leads to; null when it is none. */
  @Nullable Place find(Ticket ticket) {
    return places.get(ticket);
  }

  /** The allocation belongs to another loop now. */
  void move(Ticket ticket, Turn loop, Allocation allocation) {
    places.put(ticket, new Place(loop, allocation, allocation.grant().user()));
  }

  /** A ticket that is good for nothing any more. */
  void cancel(Ticket ticket) {
    places.remove(ticket);
  }
}
