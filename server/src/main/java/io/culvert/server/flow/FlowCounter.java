package io.culvert.server.flow;

/** What the server counts instead of logging it. */
public enum FlowCounter {
  /** Logins, by password or token. */
  LOGGED_IN,
  /** Logins refused: account, password or token are not right. */
  LOGIN_REFUSED,
  /** Logins put off: too many attempts, or too many at once, or no database. */
  LOGIN_PUT_OFF,
  /** Logouts. */
  LOGGED_OUT,
  /** Sessions given out for calls. */
  SESSION_STARTED,
  /** Calls, answers and ends passed on to their target. */
  RELAYED,
  /** Requests that failed: nobody is online there, or the client may not say that. */
  REFUSED,
  /** Connections closed, because their account has a newer one. */
  REPLACED,
  /** Connections closed for a heart beat with a token that is not good. */
  UNKNOWN_TOKEN,
  /** Connections closed, because their token has died. */
  REVOKED,
  /** Connections closed, because nobody can say whether their token is good. */
  ACCOUNTS_UNAVAILABLE,
  /** Connections closed for bytes that are no message of the protocol. */
  MALFORMED,
  /** Connections closed for having been silent for too long. */
  TIMED_OUT,
  /** Connections closed for not reading what they were sent. */
  TOO_SLOW,
  /** Connections closed, because they have sent too much of a frame when memory was short. */
  UNFINISHED,
  /** Connections closed at once, because their address has too many. */
  OVER_LIMIT
}
