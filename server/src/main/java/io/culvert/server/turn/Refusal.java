package io.culvert.server.turn;

import io.culvert.wire.stun.StunAttribute.ErrorCode;

/** Why a request is not done (RFC 8489 §14.8, RFC 8656 §19, RFC 6062 §6.3, RFC 8016 §3.4). */
enum Refusal {
  TRY_ALTERNATE(ErrorCode.TRY_ALTERNATE, "Try Alternate", TurnCounter.REDIRECTED),
  BAD_REQUEST(ErrorCode.BAD_REQUEST, "Bad Request", TurnCounter.BAD_REQUEST),
  FORBIDDEN(ErrorCode.FORBIDDEN, "Forbidden", TurnCounter.FORBIDDEN),
  MOBILITY_FORBIDDEN(ErrorCode.MOBILITY_FORBIDDEN, "Mobility Forbidden", TurnCounter.NOT_SUPPORTED),
  UNKNOWN_ATTRIBUTE(
      ErrorCode.UNKNOWN_ATTRIBUTE, "Unknown Attribute", TurnCounter.UNKNOWN_ATTRIBUTE),
  ALLOCATION_MISMATCH(
      ErrorCode.ALLOCATION_MISMATCH, "Allocation Mismatch", TurnCounter.ALLOCATION_MISMATCH),
  FAMILY_NOT_SUPPORTED(
      ErrorCode.ADDRESS_FAMILY_NOT_SUPPORTED,
      "Address Family not Supported",
      TurnCounter.NOT_SUPPORTED),
  WRONG_CREDENTIALS(
      ErrorCode.WRONG_CREDENTIALS, "Wrong Credentials", TurnCounter.WRONG_CREDENTIALS),
  TRANSPORT_NOT_SUPPORTED(
      ErrorCode.UNSUPPORTED_TRANSPORT, "Unsupported Transport Protocol", TurnCounter.NOT_SUPPORTED),
  PEER_FAMILY_MISMATCH(
      ErrorCode.PEER_ADDRESS_FAMILY_MISMATCH,
      "Peer Address Family Mismatch",
      TurnCounter.FAMILY_MISMATCH),
  CONNECTION_EXISTS(
      ErrorCode.CONNECTION_ALREADY_EXISTS, "Connection Already Exists", TurnCounter.NOT_CONNECTED),
  CONNECTION_FAILED(
      ErrorCode.CONNECTION_TIMEOUT_OR_FAILURE,
      "Connection Timeout or Failure",
      TurnCounter.NOT_CONNECTED),
  QUOTA_REACHED(
      ErrorCode.ALLOCATION_QUOTA_REACHED, "Allocation Quota Reached", TurnCounter.QUOTA_REACHED),
  SERVER_ERROR(ErrorCode.SERVER_ERROR, "Server Error", TurnCounter.SERVER_ERROR),
  INSUFFICIENT_CAPACITY(
      ErrorCode.INSUFFICIENT_CAPACITY, "Insufficient Capacity", TurnCounter.NO_CAPACITY);

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
