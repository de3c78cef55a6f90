package io.culvert.server.account;

/** What is known of a token. */
public sealed interface SessionResult {
  /** It is good. */
  record Live(Session session) implements SessionResult {}

  /** It never was, or is expired, or has been revoked. */
  record Unknown() implements SessionResult {}

  /** The database cannot be used at the moment, so nobody knows. */
  record Unavailable() implements SessionResult {}
}
