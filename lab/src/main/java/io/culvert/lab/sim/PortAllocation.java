package io.culvert.lab.sim;

/** How a NAT chooses the outer port of a new mapping, among 1024 to 65535 (RFC 4787, §4.2). */
public sealed interface PortAllocation {
  /** The inner port, or a random one when that is taken. */
  record Preserving() implements PortAllocation {
    @Override
    public String toString() {
      return "preserving";
    }
  }

  /**
   * Each mapping gets the port that many after the one before; the first one is random.
   *
   * @param delta 1 or more
   */
  record Sequential(int delta) implements PortAllocation {
    public Sequential {
      if (delta < 1) {
        throw new IllegalArgumentException("a sequence goes up, unlike one by " + delta);
      }
    }

    @Override
    public String toString() {
      return "sequential+" + delta;
    }
  }

  /** Any. */
  record Random() implements PortAllocation {
    @Override
    public String toString() {
      return "random";
    }
  }

  /**
   * Any of the block that belongs to the inner host, which gets another one when that is full: so
   * do operators that keep no log of every mapping.
   *
   * @param size how many ports a block has, 1 to 16384
   */
  record Block(int size) implements PortAllocation {
    public Block {
      if (size < 1 || size > 16384) {
        throw new IllegalArgumentException("no blocks of " + size + " ports");
      }
    }

    @Override
    public String toString() {
      return "block:" + size;
    }
  }
}
