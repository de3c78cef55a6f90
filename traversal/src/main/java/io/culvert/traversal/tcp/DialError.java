package io.culvert.traversal.tcp;

/** Why a dial failed before its time was up. */
public enum DialError {
  /** Somebody answered with a reset. */
  REFUSED,
  /** There is no way to that address. */
  UNREACHABLE,
  /** The peer's own dial has made the same connection first; it is or will be accepted. */
  CONNECTED_ALREADY
}
