package io.culvert.traversal.nat;

import io.culvert.traversal.nat.NatProfile.Ports;
import java.util.BitSet;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.random.RandomGenerator;

/**
 * The ports that a NAT may give to its next mappings, the likeliest first, each once. Not
 * thread-safe.
 */
final class PortGuesses implements Iterator<Integer> {
  private static final int FIRST = 1024;
  private static final int LAST = 65_535;

  /** How many steps ahead a sequence is followed: others behind the NAT use it, too. */
  private static final int STEPS = 64;

  private final NatProfile nat;
  private final RandomGenerator random;
  private final BitSet tried = new BitSet(LAST + 1);
  private int step;

  PortGuesses(NatProfile nat, RandomGenerator random) {
    this.nat = nat;
    this.random = random;
    tried.set(0, FIRST);
  }

  @Override
  public boolean hasNext() {
    return tried.cardinality() <= LAST;
  }

  @Override
  public Integer next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    int port = inSequence();
    while (port < 0 || tried.get(port)) {
      port = tried.cardinality() > LAST / 2 ? tried.nextClearBit(FIRST) : anyPort();
    }
    tried.set(port);
    return port;
  }

  /** The next port of the sequence; -1 when there is none. */
  private int inSequence() {
    while (nat.ports() == Ports.SEQUENTIAL && step < STEPS) {
      step++;
      int port = nat.last() + nat.delta() * step;
      if (port >= FIRST && port <= LAST && !tried.get(port)) {
        return port;
      }
    }
    return -1;
  }

  private int anyPort() {
    return random.nextInt(FIRST, LAST + 1);
  }
}
