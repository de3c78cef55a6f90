package io.culvert.server.turn;

/** What the server counts instead of logging it, but for data, which {@link Traffic} counts. */
public enum TurnCounter {
  /** Binding requests answered with the client's address. */
  ANSWERED,
  /** Requests answered with 420, for an attribute that would have to be known. */
  UNKNOWN_ATTRIBUTE,
  /** Requests of other methods, which get no answer. */
  UNKNOWN_METHOD,
  /** Indications that mean nothing here, and answers to what was never asked. */
  NO_REQUEST,
  /** Messages whose FINGERPRINT does not fit, which get no answer. */
  BAD_FINGERPRINT,
  /** What is neither STUN nor ChannelData: dropped over UDP, the end of a connection over TCP. */
  MALFORMED,
  /** Datagrams of the single byte 0xff, which keep a mapping of a NAT alive. */
  KEEP_ALIVE,
  /** Answers that could not be sent. */
  UNSENT,
  /** Connections closed for having been silent. */
  TIMED_OUT,
  /** Connections closed at once, because their address has too many. */
  OVER_LIMIT,
  /** Requests without credentials, or with wrong ones: answered with 401. */
  UNAUTHENTICATED,
  /** Requests with a nonce that is too old or not ours: answered with 438. */
  STALE_NONCE,
  /** Such requests that are not answered, for their network has had many challenges already. */
  UNANSWERED,
  /** Requests whose user cannot be looked up: answered with 500. */
  SERVER_ERROR,
  /** Allocations made. */
  ALLOCATED,
  /** Allocations refreshed, or released, as asked. */
  REFRESHED,
  /** Requests for permissions and channels that have been granted, also to have them longer. */
  PERMITTED,
  /** Allocations that have moved to another address of their client. */
  MOVED,
  /** Connections over TCP to peers, and attempts of peers to connect that clients are told of. */
  CONNECTED,
  ATTEMPTED,
  /** Connections of clients that have become those of peers. */
  BOUND,
  /**
   * Requests for a connection with a peer that there is already, or that cannot be had, 446, 447.
   */
  NOT_CONNECTED,
  /** Requests sent elsewhere, 300. */
  REDIRECTED,
  /** Requests that say what makes no sense, 400. */
  BAD_REQUEST,
  /** Requests for peers that nobody may reach, 403. */
  FORBIDDEN,
  /** Requests for an allocation that is not there, or that is there already, 437. */
  ALLOCATION_MISMATCH,
  /** Requests of a user for what belongs to another one, 441. */
  WRONG_CREDENTIALS,
  /** Requests for mobility, an address family or a transport that there is not, 405, 440, 442. */
  NOT_SUPPORTED,
  /** Requests for peers or a relay of a family that the allocation does not have, 443. */
  FAMILY_MISMATCH,
  /** Allocations refused because their user has enough, 486. */
  QUOTA_REACHED,
  /** Requests refused because the server has no more to give, 508. */
  NO_CAPACITY
}
