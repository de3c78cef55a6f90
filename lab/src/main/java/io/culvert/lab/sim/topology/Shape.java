package io.culvert.lab.sim.topology;

import io.culvert.lab.net.NatKind.Mapping;
import io.culvert.lab.sim.NatBehavior;

/** How the networks of two peers are joined. */
public sealed interface Shape {
  /** By the internet alone. */
  record Apart() implements Shape {
    @Override
    public String toString() {
      return "apart";
    }
  }

  /** By the internet alone, and both LANs have the same private addresses. */
  record OverlappingLans() implements Shape {
    @Override
    public String toString() {
      return "overlapping LANs";
    }
  }

  /** Both are in one LAN, that of the first peer. */
  record SameLan() implements Shape {
    @Override
    public String toString() {
      return "same LAN";
    }
  }

  /**
   * Both are customers of one operator, who translates.
   *
   * @param nat the operator's
   * @param addresses how many public ones it has
   */
  record SameOperator(NatBehavior nat, int addresses) implements Shape {
    public SameOperator {
      if (nat.mapping() == Mapping.NONE) {
        throw new IllegalArgumentException("An operator who does not translate is the internet.");
      }
    }

    @Override
    public String toString() {
      return "same operator " + Side.text(nat) + (addresses == 1 ? "" : " x" + addresses);
    }
  }
}
