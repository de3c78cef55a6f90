package io.culvert.server.tag;

/** What the server counts instead of logging it. */
public enum TagCounter {
  /** Clients that were not known before. */
  JOINED,
  /** Registrations that were not renewed in time. */
  EXPIRED,
  /** Registrations that had proved nothing and gave way to newer ones. */
  EVICTED,
  /** Callers told where their callee is. */
  INTRODUCED,
  /** Callers told that their callee refuses. */
  REFUSED,
  /** Callers told that nobody answers. */
  UNANSWERED,
  /** Requests with a tag that is not the sender's. */
  UNKNOWN_TAG,
  /** Dials to somebody who is not there, or to oneself. */
  UNREACHABLE,
  /** Requests refused because there is too much of something. */
  OVER_LIMIT,
  /** Requests that came again and were given the same answer again. */
  REPEATED,
  /** Dropped: no message of the protocol. */
  MALFORMED,
  /** Dropped: a message that is not for a server. */
  OUT_OF_PLACE,
  /** Dropped: a reply that nobody is waiting for, or no longer. */
  LATE,
  /** Datagrams that could not be sent, or that a network has said it cannot deliver. */
  UNSENT
}
