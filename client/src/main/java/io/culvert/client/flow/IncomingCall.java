package io.culvert.client.flow;

import io.culvert.client.CulvertException;
import io.culvert.client.net.ClientLoop;
import io.culvert.wire.flow.CallData.EndMode;
import java.util.concurrent.CompletableFuture;

/**
 * Somebody calls: it rings for at most 40 s. Thread-safe; the first answer counts, and one that
 * comes too late does nothing.
 */
public final class IncomingCall {
  private final ClientLoop loop;
  private final Callee callee;

  IncomingCall(ClientLoop loop, Callee callee) {
    this.loop = loop;
    this.callee = callee;
  }

  /** The account that calls, as the server vouches for it. */
  public String caller() {
    return callee.peer().account();
  }

  /**
   * Takes the call, and opens a connection through both NATs. The future ends with a connection or
   * a {@link CulvertException}, on the client's event loop: what depends on it must not block
   * there. Cancelling it hangs up.
   */
  public CompletableFuture<FlowConnection> accept() {
    if (!loop.execute(callee::accept)) {
      callee.result().completeExceptionally(Why.closed());
    }
    return callee.result();
  }

  /** Tells the caller that this person does not want to. */
  public void refuse() {
    loop.execute(() -> callee.decline(EndMode.REFUSE));
  }

  /** Tells the caller that this person talks to somebody else. */
  public void busy() {
    loop.execute(() -> callee.decline(EndMode.BUSY));
  }

  /**
   * Ends, on the client's event loop, when it has stopped ringing without an answer of ours: the
   * caller has hung up ({@code HUNG_UP}), it has rung for 40 s ({@code NOT_ANSWERED}), or the
   * client was closed ({@code CLOSED}).
   */
  public CompletableFuture<CulvertException> missed() {
    return callee.missed();
  }
}
