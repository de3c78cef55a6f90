package io.culvert.client.flow;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.net.ClientLoop;
import io.culvert.wire.flow.CallData.End;
import io.culvert.wire.flow.CallData.EndMode;
import io.culvert.wire.flow.CallData.Offer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A call from when it has its numbers: what the peer is told about it, and what comes of it. The
 * same for caller and callee. Confined to the event loop.
 */
final class Conversation implements Meeting.Observer {
  /** Either side may be offline for a moment; the search takes longer than some of these. */
  private static final Duration TELL_AGAIN = Duration.ofSeconds(1);

  private final ClientLoop loop;
  private final Line line;
  private final Call call;
  private final Meeting.Ends ends;
  private final Meeting meeting;
  private final Runnable ready;
  private final CompletableFuture<FlowConnection> result;
  private boolean peerExpectsMe;

  /**
   * A conversation to come.
   *
   * @param result ends with it
   * @param ready runs when the peer can be told where we are
   */
  Conversation(
      ClientLoop loop,
      Line line,
      Call call,
      Meeting.Ends ends,
      CompletableFuture<FlowConnection> result,
      Runnable ready) {
    this.loop = loop;
    this.line = line;
    this.call = call;
    this.ends = ends;
    this.result = result;
    this.ready = ready;
    this.meeting = new Meeting(loop, ends, this);
  }

  Meeting meeting() {
    return meeting;
  }

  /** Tells the peer where we are, as soon as that is possible. */
  void announce(Offer offer) {
    if (!meeting.isSearching()) {
      return;
    }
    peerExpectsMe = true;
    if (!line.tell(offer)) {
      announceAgain(offer);
    }
  }

  /** The peer could not be told. */
  void announceAgain(Offer offer) {
    loop.loop().schedule(() -> announce(offer), TELL_AGAIN.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Ends it, unless there is a connection already, and tells the peer. */
  void hangUp(CulvertException why) {
    meeting.fail(why);
  }

  /** Ends it without telling the peer, who knows. */
  void endedByPeer(CulvertException why) {
    peerExpectsMe = false;
    meeting.fail(why);
  }

  /** The peer has hung up, or the server thinks that it has. */
  void peerHungUp() {
    peerExpectsMe = false;
    meeting.peerHungUp();
  }

  @Override
  public void ready() {
    ready.run();
  }

  @Override
  public void connected(FlowConnection connection) {
    peerExpectsMe = true;
    if (!result.complete(connection)) {
      connection.link().abort();
    }
  }

  @Override
  public void failed(CulvertException why) {
    if (peerExpectsMe) {
      if (why.reason() == Reason.NOT_PUNCHED) {
        line.tellSoon(end()); // the peer has begun at the same time, and can say better why it ends
      } else {
        line.tell(end());
      }
    }
    line.free(call);
    result.completeExceptionally(why);
  }

  @Override
  public void disconnected() {
    if (peerExpectsMe) {
      line.tellSoon(end());
    }
    line.free(call);
  }

  private End end() {
    return new End(ends.me(), ends.peer(), EndMode.HANG_UP);
  }
}
