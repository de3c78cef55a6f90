package io.culvert.wire;

/**
 * Bytes that are no message of the protocol. The connection they came on cannot be trusted to be in
 * step any more and is to be closed.
 *
 * <p>Carries no stack trace: it is caused by strangers, as often as they like.
 */
public final class MalformedMessageException extends Exception {
  private static final long serialVersionUID = 1L;

  /** The reason says what was wrong, in lower case and without a full stop. */
  public MalformedMessageException(String reason) {
    super(reason, null, false, false);
  }
}
