package io.culvert.traversal.nat;

import io.culvert.traversal.nat.NatProfile.Ports;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/**
 * The ports that a NAT may give to its next mappings, the likeliest first, each once: those that
 * come next in its sequence; those of the block that all ports have been in so far (RFC 6888: of a
 * carrier, each customer has one); any. Not thread-safe.
 */
final class PortGuesses implements Iterator<Integer> {
  private static final int FIRST = 1024;
  private static final int LAST = 65_535;

  /** How many steps ahead a sequence is followed: others behind the NAT use it, too. */
  private static final int STEPS = 64;

  /** Sizes of blocks, and where one begins, are powers of two, or from {@link #FIRST} on so. */
  private static final int SMALLEST_BLOCK = 512;

  /** Four ports are within one of these by chance once in 4000 times. */
  private static final int LARGEST_BLOCK = 4096;

  /** So few ports are near each other by chance. */
  private static final int TOO_FEW = 2;

  private final NatProfile nat;
  private final RandomGenerator random;
  private final BitSet tried = new BitSet(LAST + 1);
  private final Iterator<Integer> ofBlock;
  private int step;

  PortGuesses(NatProfile nat, RandomGenerator random) {
    this.nat = nat;
    this.random = random;
    this.ofBlock = shuffledBlock();
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
    if (port < 0 && ofBlock.hasNext()) {
      port = ofBlock.next();
    }
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
      int port = nat.last().getPort() + nat.delta() * step;
      if (port >= FIRST && port <= LAST && !tried.get(port)) {
        return port;
      }
    }
    return -1;
  }

  /** The least block that holds all ports which have been seen, if it is small enough. */
  private Iterator<Integer> shuffledBlock() {
    int[] seen = nat.seen().stream().mapToInt(InetSocketAddress::getPort).distinct().toArray();
    if (nat.ports() == Ports.RANDOM && seen.length > TOO_FEW) {
      for (int size = SMALLEST_BLOCK; size <= LARGEST_BLOCK; size *= 2) {
        int fitting = size;
        if (IntStream.of(seen).map(port -> (port - FIRST) / fitting).distinct().count() == 1) {
          int start = FIRST + (seen[0] - FIRST) / size * size;
          return shuffled(start, Math.min(start + size, LAST + 1));
        }
      }
    }
    return Collections.emptyIterator();
  }

  private Iterator<Integer> shuffled(int start, int end) {
    List<Integer> ports = new ArrayList<>(IntStream.range(start, end).boxed().toList());
    Collections.shuffle(ports, random);
    return ports.iterator();
  }

  private int anyPort() {
    return random.nextInt(FIRST, LAST + 1);
  }
}
