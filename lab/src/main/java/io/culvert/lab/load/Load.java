package io.culvert.lab.load;

/** What can be done to a server. */
public enum Load {
  /**
   * ChannelData from a few clients to a peer, more than the server can relay, in bursts of equal
   * packets: what one busy connection looks like.
   */
  RELAY_TO_PEER,
  /** The other way: from a peer to as few clients. */
  RELAY_TO_CLIENT,
  /** As {@link #RELAY_TO_PEER}, but each packet alone. */
  RELAY_TO_PEER_ONE_BY_ONE,
  /** As {@link #RELAY_TO_CLIENT}, but each packet alone. */
  RELAY_TO_CLIENT_ONE_BY_ONE,
  /** Many slow conversations: both ways, each packet alone and at its own time. */
  RELAY_PACED,
  /** More Binding requests than the server can answer. */
  BINDING,
  /** More Allocate requests without credentials than the server can answer. */
  UNAUTHENTICATED,
  /** The same, each from another address that is never heard of again. */
  SPOOFED,
  /** Allocations that are made and given back, one after the other, a few dozen at a time. */
  CYCLES,
  /** Allocations that are made and kept until the next order. */
  HOLD
}
