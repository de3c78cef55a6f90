package io.culvert.server.tls;

/** What is counted at the port that leads to all services. */
public enum TlsPortCounter {
  /** Connections passed on to a service, which counts what becomes of them. */
  PASSED_ON,
  /** Connections refused, for they want a service that there is not. */
  NO_SERVICE,
  /** Connections closed for bytes that are no TLS. */
  MALFORMED,
  /** Connections closed for not having said in 10 s what they want. */
  TIMED_OUT,
  /** Connections closed at once, because too many of their address have not said it yet. */
  OVER_LIMIT
}
