package io.culvert.client.quic;

import java.io.IOException;

/** The peer has broken off a stream; the connection and its other streams go on. */
public final class StreamResetException extends IOException {
  private static final long serialVersionUID = 1L;

  private final long code;

  StreamResetException(long code) {
    super("The peer has broken off the stream with the code " + code + ".");
    this.code = code;
  }

  /** What the peer has given. */
  public long code() {
    return code;
  }
}
