package io.culvert.client.flow;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.net.ClientLoop;
import io.culvert.traversal.tcp.TcpPunch.Role;
import io.culvert.wire.flow.CallData.End;
import io.culvert.wire.flow.CallData.EndMode;
import io.culvert.wire.flow.CallData.Offer;
import io.culvert.wire.flow.CallData.Party;
import io.culvert.wire.flow.FlowMessage.Relay;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A call to us: rings, and meets the caller when it is taken. Confined to the event loop. */
final class Callee implements Call {
  private final ClientLoop loop;
  private final Presence presence;
  private final Line line;
  private final Offer offer;
  private final CompletableFuture<FlowConnection> result = new CompletableFuture<>();
  private final CompletableFuture<CulvertException> missed = new CompletableFuture<>();
  private @Nullable Conversation conversation;
  private @Nullable Offer answer;
  private @Nullable Future<?> patience;
  private boolean over;

  Callee(ClientLoop loop, Presence presence, Line line, Offer offer) {
    this.loop = loop;
    this.presence = presence;
    this.line = line;
    this.offer = offer;
  }

  /** Ends with a connection, or with a {@link CulvertException}. Cancelling it hangs up. */
  CompletableFuture<FlowConnection> result() {
    return result;
  }

  /** Ends when nobody can take it any more who has not. */
  CompletableFuture<CulvertException> missed() {
    return missed;
  }

  void ring(Duration atMost) {
    patience = loop.loop().schedule(this::notTaken, atMost.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Takes the call; {@link #result} says what comes of it. */
  void accept() {
    if (!isRinging()) {
      return;
    }
    stopRinging();
    Account account = presence.account();
    conversation =
        new Conversation(
            loop, line, this, new Meeting.Ends(me(), peer(), Role.CALLEE), result, this::meet);
    conversation
        .meeting()
        .prepare(
            new CallPort.Surroundings(
                StunServers.of(offer.relayServer(), account),
                StunServers.relay(offer.relayServer(), offer.turn(), account),
                account.signalServer()));
  }

  /** Does not take the call. */
  void decline(EndMode mode) {
    if (isRinging()) {
      line.tell(new End(me(), peer(), mode));
      over(new CulvertException(Reason.REFUSED, "This call was declined."));
    }
  }

  @Override
  public Party me() {
    return offer.me();
  }

  @Override
  public Party peer() {
    return offer.peer();
  }

  @Override
  public void answered(Offer unasked) {
    // It is us who answers.
  }

  @Override
  public void ended(EndMode mode) {
    if (conversation != null) {
      conversation.peerHungUp();
    } else {
      miss(
          new CulvertException(
              Reason.HUNG_UP, "%s has hung up.".formatted(offer.peer().account())));
    }
  }

  @Override
  public void signalFailed(Relay.Kind kind) {
    if (kind == Relay.Kind.ANSWER && conversation != null && answer != null) {
      conversation.announceAgain(answer);
    }
  }

  @Override
  public void hangUp(CulvertException why) {
    if (conversation != null) {
      conversation.hangUp(why);
    } else if (isRinging()) {
      line.tell(new End(me(), peer(), EndMode.HANG_UP));
      miss(why);
    }
  }

  @Override
  public boolean needsSignals() {
    return conversation == null || conversation.meeting().needsSignals();
  }

  private void meet() {
    if (conversation == null) {
      return;
    }
    answer = conversation.meeting().offer(Relay.Kind.ANSWER, Optional.empty(), Optional.empty());
    conversation.announce(answer);
    conversation.meeting().begin(offer);
  }

  private boolean isRinging() {
    return conversation == null && !over;
  }

  private void notTaken() {
    hangUp(
        new CulvertException(
            Reason.NOT_ANSWERED,
            "Nobody has taken the call of %s.".formatted(offer.peer().account())));
  }

  private void miss(CulvertException why) {
    over(why);
    missed.complete(why);
  }

  /** Before there is a conversation. */
  private void over(CulvertException why) {
    over = true;
    stopRinging();
    line.free(this);
    result.completeExceptionally(why);
  }

  private void stopRinging() {
    if (patience != null) {
      patience.cancel(false);
    }
  }
}
