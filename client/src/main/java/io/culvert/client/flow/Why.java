package io.culvert.client.flow;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import java.util.concurrent.CompletionException;

/** Why something did not work out. */
final class Why {
  private Why() {}

  /** What a step of a chain of futures has failed with. */
  static CulvertException of(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof CulvertException why) {
      return why;
    }
    throw new IllegalStateException("ends in a result or a CulvertException", failure);
  }

  static CulvertException closed() {
    return new CulvertException(Reason.CLOSED, "This client was closed meanwhile.");
  }

  static CulvertException notFlow(String server) {
    return new CulvertException(
        Reason.SERVER_UNREACHABLE,
        "What answers at " + server + " does not speak flow as it should.");
  }
}
