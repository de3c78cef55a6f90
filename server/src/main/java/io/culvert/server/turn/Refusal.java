package io.culvert.server.turn;

/** Why a request is not done (RFC 8489 §14.8, RFC 8656 §19, RFC 6062 §6.3, RFC 8016 §3.4). */
enum Refusal {
  TRY_ALTERNATE(300, "Try Alternate", TurnCounter.REDIRECTED),
  BAD_REQUEST(400, "Bad Request", TurnCounter.BAD_REQUEST),
  FORBIDDEN(403, "Forbidden", TurnCounter.FORBIDDEN),
  MOBILITY_FORBIDDEN(405, "Mobility Forbidden", TurnCounter.FORBIDDEN),
  UNKNOWN_ATTRIBUTE(420, "Unknown Attribute", TurnCounter.UNKNOWN_ATTRIBUTE),
  ALLOCATION_MISMATCH(437, "Allocation Mismatch", TurnCounter.ALLOCATION_MISMATCH),
  FAMILY_NOT_SUPPORTED(440, "Address Family not Supported", TurnCounter.NOT_SUPPORTED),
  WRONG_CREDENTIALS(441, "Wrong Credentials", TurnCounter.WRONG_CREDENTIALS),
  TRANSPORT_NOT_SUPPORTED(442, "Unsupported Transport Protocol", TurnCounter.NOT_SUPPORTED),
  PEER_FAMILY_MISMATCH(443, "Peer Address Family Mismatch", TurnCounter.NOT_SUPPORTED),
  CONNECTION_EXISTS(446, "Connection Already Exists", TurnCounter.NOT_CONNECTED),
  CONNECTION_FAILED(447, "Connection Timeout or Failure", TurnCounter.NOT_CONNECTED),
  QUOTA_REACHED(486, "Allocation Quota Reached", TurnCounter.QUOTA_REACHED),
  SERVER_ERROR(500, "Server Error", TurnCounter.SERVER_ERROR),
  INSUFFICIENT_CAPACITY(508, "Insufficient Capacity", TurnCounter.NO_CAPACITY);

  private final int code;
  private final String reason;
  private final TurnCounter counter;

  Refusal(int code, String reason, TurnCounter counter) {
    this.code = code;
    this.reason = reason;
    this.counter = counter;
  }

  int code() {
    return code;
  }

  String reason() {
    return reason;
  }

  TurnCounter counter() {
    return counter;
  }
}
