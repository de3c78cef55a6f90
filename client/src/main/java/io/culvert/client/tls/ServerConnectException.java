package io.culvert.client.tls;

import java.io.IOException;

/** A server cannot be reached, or not as securely as it must; the message is for people. */
public final class ServerConnectException extends IOException {
  private static final long serialVersionUID = 1L;

  /** What did not work out. */
  public enum Reason {
    /** There is no connection to it. */
    UNREACHABLE,
    /** There is one, but TLS, which is required, does not come about. */
    NOT_ENCRYPTED,
    /** Its certificate is not one to be believed. */
    NOT_TRUSTED
  }

  private final Reason reason;

  /** The sentence says what to do. */
  public ServerConnectException(Reason reason, String sentence) {
    super(sentence);
    this.reason = reason;
  }

  /** What did not work out. */
  public Reason reason() {
    return reason;
  }
}
