package io.culvert.server.http;

/** What the server counts instead of logging it. */
public enum HttpCounter {
  /** Connections closed at once, because their address has too many. */
  OVER_LIMIT
}
