package io.culvert.client.turn;

/** Of which families of addresses an allocation is to be, RFC 8656 §7.2. */
public enum Families {
  IPV4,
  /** IPv4 and IPv6, as far as the server has both. */
  BOTH
}
