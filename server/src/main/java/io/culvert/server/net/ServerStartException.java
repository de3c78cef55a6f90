package io.culvert.server.net;

import org.jspecify.annotations.Nullable;

/** The server cannot start as it is configured; the message is a sentence for the operator. */
public final class ServerStartException extends Exception {
  private static final long serialVersionUID = 1L;

  public ServerStartException(String sentence, @Nullable Throwable cause) {
    super(sentence, cause);
  }
}
