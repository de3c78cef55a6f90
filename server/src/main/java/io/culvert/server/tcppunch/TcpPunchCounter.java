package io.culvert.server.tcppunch;

/** What the server counts instead of logging it. */
public enum TcpPunchCounter {
  /** Introductions passed on to their target. */
  INTRODUCED,
  /** Introductions refused: session unknown, target not online, or it is the sender. */
  INTRODUCTION_REFUSED,
  /** Clients refused since their ClientId is online already. */
  ID_TAKEN,
  /** Connections closed for bytes that are no message of the protocol. */
  MALFORMED,
  /** Connections closed for a message that has no place there. */
  OUT_OF_PLACE,
  /** Connections closed for having said nothing of use in time, or having outlived their use. */
  TIMED_OUT,
  /** Connections closed at once, because their address has too many. */
  OVER_LIMIT
}
