package io.culvert.lab.sim.topology;

/** What it takes to send UDP directly between two peers; what takes less comes later. */
public enum Reach {
  /** More than is known to work. */
  RELAY,
  /** Guessed ports, or first packets that die before the other's NAT: beyond what ICE does. */
  PREDICTION,
  /** An ICE agent (RFC 8445) with a STUN server. */
  ICE
}
