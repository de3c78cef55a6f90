package io.culvert.server.turn.pool;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The odd ports that wait for the second allocation of a pair (RFC 8656 §7.2). A token is of use
 * only to the user who got it. The port stays taken in its pool, and the reservation counts in the
 * user's quota, until it is claimed, when both pass to the claimer, or until it expires, when both
 * are freed. Thread-safe.
 */
public final class Reservations {
  /** How long a port waits (RFC 8656 §7.2). */
  public static final Duration LIFE = Duration.ofSeconds(30);

  private final Quotas quotas;
  private final RandomGenerator random;

  /** The oldest first. */
  private final Map<Long, Reservation> byToken = new LinkedHashMap<>();

  /**
   * A port that waits.
   *
   * @param place of the user's quota
   * @param pool where it is taken from
   */
  public record Reservation(
      String user, Quotas.Granted place, PortPool pool, int port, long deadline) {}

  /** None yet, for allocations that count in these quotas. */
  public Reservations(Quotas quotas) {
    this(quotas, new SecureRandom());
  }

  Reservations(Quotas quotas, RandomGenerator random) {
    this.quotas = quotas;
    this.random = random;
  }

  /**
   * Lets a port wait that has been taken.
   *
   * @param place that it has taken in the user's quota
   * @param now in nanoseconds
   * @return the 8 bytes of RESERVATION-TOKEN
   */
  public synchronized long reserve(
      String user, Quotas.Granted place, PortPool pool, int port, long now) {
    Reservation reservation = new Reservation(user, place, pool, port, now + LIFE.toNanos());
    while (true) {
      long token = random.nextLong();
      if (byToken.putIfAbsent(token, reservation) == null) {
        return token;
      }
    }
  }

  /**
   * Hands a port over, with its place in the quota: both are the claimer's to free now.
   *
   * @return null when there is no such reservation of that user: 508 (RFC 8656 §7.2)
   */
  public synchronized @Nullable Reservation claim(long token, String user, long now) {
    Reservation reservation = byToken.get(token);
    if (reservation == null || !reservation.user().equals(user) || isOver(reservation, now)) {
      return null;
    }
    byToken.remove(token);
    return reservation;
  }

  /** Frees what has waited for too long. To be called every few seconds, by any thread. */
  public synchronized void expire(long now) {
    Iterator<Reservation> oldestFirst = byToken.values().iterator();
    while (oldestFirst.hasNext()) {
      Reservation reservation = oldestFirst.next();
      if (!isOver(reservation, now)) {
        return;
      }
      oldestFirst.remove();
      reservation.pool().give(reservation.port());
      quotas.free(reservation.user());
    }
  }

  /** How many ports wait. */
  public synchronized int size() {
    return byToken.size();
  }

  private static boolean isOver(Reservation reservation, long now) {
    return now - reservation.deadline() >= 0;
  }
}
