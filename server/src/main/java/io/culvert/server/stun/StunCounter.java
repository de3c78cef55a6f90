package io.culvert.server.stun;

/** What the server counts instead of logging it. */
public enum StunCounter {
  /** Binding requests answered with the client's address. */
  ANSWERED,
  /** Binding requests answered with 420, for an attribute that would have to be known. */
  UNKNOWN_ATTRIBUTE,
  /** Requests of other methods, which get no answer. */
  UNKNOWN_METHOD,
  /** Indications, and answers to what was never asked. */
  NO_REQUEST,
  /** Messages whose FINGERPRINT does not fit, which get no answer. */
  BAD_FINGERPRINT,
  /** What is no STUN: dropped over UDP, the end of a connection over TCP. */
  MALFORMED,
  /** Datagrams of the single byte 0xff, which keep a mapping of a NAT alive. */
  KEEP_ALIVE,
  /** Answers that could not be sent. */
  UNSENT,
  /** Connections closed for having been silent. */
  TIMED_OUT,
  /** Connections closed at once, because their address has too many. */
  OVER_LIMIT
}
