package io.culvert.server.account;

import io.culvert.wire.stun.StunKey;

/** What is known of a TURN user. */
public sealed interface TurnLookup {
  /** There is such an account, and these are its keys. */
  record Known(String account, StunKey md5, StunKey sha256) implements TurnLookup {}

  /** There is none, or it is disabled, or has not logged in since it could have keys. */
  record Unknown() implements TurnLookup {}

  /** The database cannot be used at the moment, so nobody knows. */
  record Unavailable() implements TurnLookup {}
}
