package io.culvert.traversal.nat;

/** Whose packets a NAT lets in to a socket that has sent something: RFC 4787 §5. */
public enum Filtering {
  /** Nothing has been seen that would tell. */
  UNKNOWN,
  /** Everybody's. */
  INDEPENDENT,
  /** Those of the machines that the socket has sent something to, from whatever port. */
  ADDRESS_DEPENDENT,
  /** Those that come from the very address and port that it has sent something to. */
  ADDRESS_AND_PORT_DEPENDENT
}
