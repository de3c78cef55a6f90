package io.culvert.client.flow;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.net.ClientLoop;
import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.flow.CallData;
import io.culvert.wire.flow.CallData.End;
import io.culvert.wire.flow.CallData.EndMode;
import io.culvert.wire.flow.CallData.Offer;
import io.culvert.wire.flow.CallData.Party;
import io.culvert.wire.flow.CallDataCodec;
import io.culvert.wire.flow.FlowMessage.Relay;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A person's telephone line: one call at a time. Confined to the event loop. */
final class Line {
  /** The last datagrams shall be there before the word that there will be no more, for one. */
  private static final Duration SOON = Duration.ofMillis(200);

  private final ClientLoop loop;
  private final Presence presence;
  private final Duration ringing;
  private final Consumer<Callee> onCall;
  private final CompletableFuture<Void> quiet = new CompletableFuture<>();
  private @Nullable Call call;
  private int soonToBeTold;
  private boolean closed;

  /**
   * A line on which nobody talks yet.
   *
   * @param ringing how long a call to us may ring
   */
  Line(ClientLoop loop, Presence presence, Duration ringing, Consumer<Callee> onCall) {
    this.loop = loop;
    this.presence = presence;
    this.ringing = ringing;
    this.onCall = onCall;
  }

  /** Calls somebody; the result says what comes of it. */
  void call(String peer, Duration ringing, CompletableFuture<FlowConnection> result) {
    if (closed) {
      result.completeExceptionally(Why.closed());
    } else if (call != null) {
      result.completeExceptionally(
          new CulvertException(
              Reason.BUSY,
              "This client is in a call with %s already.".formatted(call.peer().account())));
    } else {
      Caller caller = new Caller(loop, presence, this, peer, ringing, result);
      take(caller, result);
      caller.start();
    }
  }

  /** A peer says something; what makes no sense is ignored. */
  void signalled(Relay signal) {
    CallData data;
    try {
      data = CallDataCodec.decode(signal);
    } catch (MalformedMessageException e) {
      return;
    }
    switch (data) {
      case Offer offer when offer.extensions().trickle() -> {} // nobody was told that we know ICE
      case Offer offer -> offered(offer);
      case End end ->
          callWith(end.peer(), end.me()).ifPresent(current -> current.ended(end.mode()));
    }
  }

  void signalFailed(Relay.Kind kind) {
    if (call != null) {
      call.signalFailed(kind);
    }
  }

  /** Tells a peer; false when that is not possible at the moment. */
  boolean tell(CallData data) {
    return presence.tell(data);
  }

  /** Tells a peer a little later. */
  void tellSoon(End end) {
    soonToBeTold++;
    loop.linkOpened();
    loop.loop()
        .schedule(
            () -> {
              soonToBeTold--;
              tell(end);
              settle();
              loop.linkClosed();
            },
            SOON.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /** This call is over. */
  void free(Call over) {
    if (call == over) {
      call = null;
      settle();
    }
  }

  /**
   * Takes and makes no calls any more. The future ends when the peers know all that they are to be
   * told now; datagrams keep the line, since only a signal ends them.
   */
  CompletableFuture<Void> close() {
    closed = true;
    if (call != null) {
      call.hangUp(Why.closed());
    }
    if (call != null) {
      quiet.complete(null);
    }
    settle();
    return quiet;
  }

  private void offered(Offer offer) {
    switch (offer.kind()) {
      case CALL -> called(offer);
      case ANSWER ->
          callWith(offer.peer(), offer.me()).ifPresent(current -> current.answered(offer));
      case END -> throw new IllegalStateException("an end is no offer");
    }
  }

  private void called(Offer offer) {
    if (call != null && call.me().equals(offer.me()) && call.peer().equals(offer.peer())) {
      return; // said twice
    }
    if (call != null || closed) {
      tell(new End(offer.me(), offer.peer(), EndMode.BUSY));
      return;
    }
    Callee callee = new Callee(loop, presence, this, offer);
    take(callee, callee.result());
    callee.ring(ringing);
    onCall.accept(callee);
  }

  private void take(Call fresh, CompletableFuture<FlowConnection> result) {
    call = fresh;
    result.whenComplete((connection, why) -> {
      if (result.isCancelled()) {
        loop.execute(() -> fresh.hangUp(Why.closed()));
      }
    });
  }

  /** Peers may leave the numbers out of what they say, or mistake them. */
  private Optional<Call> callWith(Party peer, Party me) {
    return Optional.ofNullable(call)
        .filter(current -> current.peer().account().equals(peer.account()))
        .filter(current -> me.sessionId() == 0 || me.sessionId() == current.me().sessionId());
  }

  private void settle() {
    if (closed && soonToBeTold == 0 && (call == null || !call.needsSignals())) {
      presence.close();
      quiet.complete(null);
    }
  }
}
