package io.culvert.traversal;

/** Which way a connection to a peer takes, best first. */
public enum Path {
  /** Within one network, to the address the peer has itself. */
  LOCAL,
  /** To the address that the world sees the peer at. */
  PUBLIC,
  /** Through a TURN server, to the address that it lends one of the two, or each of them. */
  RELAY
}
