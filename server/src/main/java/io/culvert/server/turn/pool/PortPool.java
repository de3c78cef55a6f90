package io.culvert.server.turn.pool;

import java.security.SecureRandom;
import java.util.random.RandomGenerator;

/**
 * The relay ports of one address: each is had by one allocation at most, and nobody can guess which
 * is next (RFC 6056). Thread-safe.
 */
public final class PortPool {
  /** No port: there was none. */
  public static final int NONE = 0;

  private static final int MAX_PORT = 0xffff;

  private final int first;
  private final RandomGenerator random;

  /** The ports that can be had are the first ones, in no order; those behind them are taken. */
  private final char[] ports;

  /** Where each port is in there. */
  private final char[] places;

  private int free;

  /**
   * All ports from the first to the last, both included.
   *
   * @throws IllegalArgumentException when there is no such port, or none between them
   */
  public PortPool(int first, int last) {
    this(first, last, new SecureRandom());
  }

  PortPool(int first, int last, RandomGenerator random) {
    if (first < 1 || last > MAX_PORT || first > last) {
      throw new IllegalArgumentException("no ports from " + first + " to " + last);
    }
    this.first = first;
    this.random = random;
    free = last - first + 1;
    ports = new char[free];
    places = new char[free];
    for (int i = 0; i < free; i++) {
      ports[i] = (char) (first + i);
      places[i] = (char) i;
    }
  }

  /** How many ports there are. */
  public int size() {
    return ports.length;
  }

  /** How many of them can be had. */
  public synchronized int free() {
    return free;
  }

  /** Takes any port, or returns {@link #NONE}. */
  public synchronized int take() {
    if (free == 0) {
      return NONE;
    }
    int port = ports[random.nextInt(free)];
    take(port);
    return port;
  }

  /** Takes an even port, for an EVEN-PORT that reserves nothing, or returns {@link #NONE}. */
  public synchronized int takeEven() {
    int even = findEven(false);
    if (even != NONE) {
      take(even);
    }
    return even;
  }

  /**
   * Takes an even port and the odd one behind it, for an EVEN-PORT with a reservation. Each is then
   * to be given back by itself.
   *
   * @return the even one, or {@link #NONE} when no two can be had
   */
  public synchronized int takePair() {
    int even = findEven(true);
    if (even != NONE) {
      take(even);
      take(even + 1);
    }
    return even;
  }

  /**
   * Gives a port back.
   *
   * @throws IllegalArgumentException when nobody has it
   */
  public synchronized void give(int port) {
    if (!isTaken(port)) {
      throw new IllegalArgumentException("nobody has port " + port);
    }
    swap(places[port - first], free);
    free++;
  }

  /** Whether somebody has that port; false for one that is not in the pool. */
  synchronized boolean isTaken(int port) {
    int place = port - first;
    return place >= 0 && place < ports.length && !isFree(port);
  }

  private void take(int port) {
    free--;
    swap(places[port - first], free);
  }

  /** The first even port that can be had from a random place on, with its neighbour or without. */
  private int findEven(boolean withNext) {
    int start = random.nextInt(ports.length);
    for (int i = 0; i < ports.length; i++) {
      int port = first + (start + i) % ports.length;
      if (isEvenAndFree(port) && (!withNext || isFree(port + 1))) {
        return port;
      }
    }
    return NONE;
  }

  private boolean isEvenAndFree(int port) {
    return port % 2 == 0 && isFree(port);
  }

  private boolean isFree(int port) {
    int bit = port - first;
    return bit < ports.length && places[bit] < free;
  }

  private void swap(int one, int other) {
    char port = ports[one];
    ports[one] = ports[other];
    ports[other] = port;
    places[ports[one] - first] = (char) one;
    places[ports[other] - first] = (char) other;
  }
}
