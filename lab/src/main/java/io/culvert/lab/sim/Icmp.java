package io.culvert.lab.sim;

/** Why a datagram has not arrived, as far as its sender is told. */
public enum Icmp {
  /** Nobody listens there. */
  PORT_UNREACHABLE,
  /** It has died at a router on the way. */
  TTL_EXCEEDED
}
