package io.culvert.wire.ice;

import java.util.Locale;

/** Who opens the connection to a candidate of TCP, RFC 6544 §4.1. */
public enum TcpType {
  /** Its owner. */
  ACTIVE,
  /** The peer. */
  PASSIVE,
  /** Both at once: a simultaneous open. */
  SO;

  /** As candidate lines write it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
