package io.culvert.wire.tag;

/** How much of a message is written. */
enum Verbosity {
  /** A {@code code} in every reply, and {@code em} with every failure. */
  FULL,
  /** No {@code code} that is 200, and no {@code em}. */
  BRIEF
}
