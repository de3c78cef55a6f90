package io.culvert.lab.sim.topology;

/** What a peer has of IPv6. */
public enum Ipv6 {
  NONE,
  /** Addresses that everybody reaches. */
  OPEN,
  /** Behind a stateful firewall. */
  FIREWALLED,
  /** Addresses, but nothing gets through. */
  BLACKHOLED;

  /** Whether peers can reach each other by it. */
  boolean works() {
    return this == OPEN || this == FIREWALLED;
  }
}
