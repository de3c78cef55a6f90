package io.culvert.server.tls.dtls;

/** What the front counts instead of logging it. */
public enum DtlsCounter {
  /** ClientHellos without a good cookie, which are answered with one. */
  COOKIE_SENT,
  /** Handshakes that have become sessions. */
  ESTABLISHED,
  /** Handshakes that came to nothing, or not to their end within 10 s. */
  FAILED,
  /** Handshakes refused, for there are too many of them or of sessions. */
  OVER_LIMIT,
  /** Sessions ended by the service. */
  CLOSED,
  /** Sessions ended by their client. */
  CLOSED_BY_CLIENT,
  /** Sessions and handshakes ended since their client has begun anew. */
  REPLACED,
  /** Sessions ended for having been silent while nobody needed them. */
  TIMED_OUT,
  /** Sessions ended for what the client sent. */
  BROKEN,
  /** Datagrams, or the rest of one, that are no records. */
  MALFORMED,
  /** Records that belong to no session and no handshake. */
  STRAY,
  /** Records dropped because a handshake has too many to read. */
  DROPPED,
  /** Datagrams of the service that were too long or too late. */
  UNSENT
}
