package io.culvert.lab.sim;

/**
 * What becomes of a packet from inside to an outer address of the same NAT (RFC 4787, §6). It
 * passes the filter of the mapping like one from outside.
 */
public enum Hairpin {
  /** It vanishes. */
  OFF,
  /** It comes back in from the sender's inner address. */
  INTERNAL_SOURCE,
  /** It comes back in from the sender's outer address. */
  EXTERNAL_SOURCE
}
