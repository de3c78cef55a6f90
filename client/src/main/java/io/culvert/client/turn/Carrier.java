package io.culvert.client.turn;

/** What the messages between an allocation and its server go by. */
public enum Carrier {
  /** UDP: a message each, which may get lost. */
  DATAGRAMS,
  /** TCP, or TLS on it: one behind the other, padded so that each begins at a multiple of 4. */
  STREAM
}
