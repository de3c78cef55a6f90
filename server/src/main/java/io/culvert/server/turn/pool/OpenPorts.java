package io.culvert.server.turn.pool;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * At which ports of an address there is a relay at this moment, over one protocol: not those that
 * are only taken, or reserved for later. Thread-safe, without locks.
 */
public final class OpenPorts {
  private static final int PORTS = 1 << 16;

  /** A bit for each port. */
  private final AtomicLongArray open = new AtomicLongArray(PORTS / Long.SIZE);

  /** A relay has been opened there. */
  public void add(int port) {
    open.accumulateAndGet(word(port), bit(port), (word, bit) -> word | bit);
  }

  /** It is about to be closed. */
  public void remove(int port) {
    open.accumulateAndGet(word(port), bit(port), (word, bit) -> word & ~bit);
  }

  /** Whether there is one. */
  public boolean contains(int port) {
    return (open.get(word(port)) & bit(port)) != 0;
  }

  private static int word(int port) {
    return port / Long.SIZE;
  }

  private static long bit(int port) {
    return 1L << port; // the last 6 bits count
  }
}
