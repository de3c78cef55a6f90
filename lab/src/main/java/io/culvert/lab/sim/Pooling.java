package io.culvert.lab.sim;

/** Which one of several outer addresses a new mapping gets (RFC 4787, §4.1). */
public enum Pooling {
  /** Always the same for one inner address. */
  PAIRED,
  /** Any. */
  ARBITRARY
}
