package io.culvert.server.turn.tcp;

/** Says how fast one end of a connection may be read; used on one thread. */
@FunctionalInterface
public interface Meter {
  /** Whether so many bytes, which have been read, are within what may be relayed by now. */
  boolean take(int bytes);
}
