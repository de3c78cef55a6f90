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
   * Where an allocation is, and what anybody may know of it.
   *
   * @param loop whose allocation it is; only that loop may look at it
   * @param ipv4 whether it has a relay of that family
   * @param ipv6 the same
   */
  record Place(Turn loop, Allocation allocation, String user, boolean ipv4, boolean ipv6) {
    /** Of an allocation of that loop, which alone may ask. */
    static Place of(Turn loop, Allocation allocation) {
      return new Place(
          loop,
          allocation,
          allocation.grant().user(),
          allocation.relay(true) != null,
          allocation.relay(false) != null);
    }
  }

  /** Sets one bit of each byte: 112 bits are still chance. */
  private static final long NO_BYTE_IS_ZERO = 0x8080_8080_8080_8080L;

  private final SecureRandom random = new SecureRandom();
  private final Map<Ticket, Place> places = new ConcurrentHashMap<>();

  /**
   * A ticket that leads there. It has no byte of zero, at which clients that keep it as a string of
   * C, such as coturn's, would cut it off.
   */
  Ticket issue(Place to) {
    Ticket ticket = new Ticket(half(), half());
    places.put(ticket, to);
    return ticket;
  }

  private long half() {
    return random.nextLong() | NO_BYTE_IS_ZERO;
  }

  /** Where a ticket leads to; null when it is none. */
  @Nullable Place find(Ticket ticket) {
    return places.get(ticket);
  }

  /** A ticket leads to another place. */
  void lead(Ticket ticket, Place to) {
    places.put(ticket, to);
  }

  /** A ticket that is good for nothing any more. */
  void cancel(Ticket ticket) {
    places.remove(ticket);
  }
}
