package io.culvert.client.flow;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.net.ClientLoop;
import io.culvert.traversal.tcp.TcpPunch.Role;
import io.culvert.wire.flow.CallData.EndMode;
import io.culvert.wire.flow.CallData.Offer;
import io.culvert.wire.flow.CallData.Party;
import io.culvert.wire.flow.FlowMessage.Failure;
import io.culvert.wire.flow.FlowMessage.FromServer;
import io.culvert.wire.flow.FlowMessage.Relay;
import io.culvert.wire.flow.FlowMessage.SessionStarted;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A call of ours: asks for numbers, rings, and meets who answers. Confined to the event loop. */
final class Caller implements Call {
  private final ClientLoop loop;
  private final Presence presence;
  private final Line line;
  private final Duration ringing;
  private final CompletableFuture<FlowConnection> result;
  private Party me;
  private Party peer;
  private @Nullable Conversation conversation;
  private @Nullable Future<?> patience;
  private boolean answered;

  Caller(
      ClientLoop loop,
      Presence presence,
      Line line,
      String peer,
      Duration ringing,
      CompletableFuture<FlowConnection> result) {
    this.loop = loop;
    this.presence = presence;
    this.line = line;
    this.ringing = ringing;
    this.result = result;
    this.me = new Party(presence.account().name(), 0);
    this.peer = new Party(peer, 0);
  }

  void start() {
    presence
        .startSession(peer.account())
        .whenComplete((answer, why) -> {
          if (result.isDone()) {
            return;
          }
          if (why == null) {
            sessionAnswered(answer);
          } else {
            fail(Why.of(why));
          }
        });
  }

  @Override
  public Party me() {
    return me;
  }

  @Override
  public Party peer() {
    return peer;
  }

  @Override
  public void answered(Offer answer) {
    if (conversation != null && !answered && answer.peer().sessionId() == peer.sessionId()) {
      answered = true;
      stopRinging();
      conversation.meeting().begin(answer);
    }
  }

  @Override
  public void ended(EndMode mode) {
    if (conversation == null || patience == null) {
      return; // the peer does not know of it yet
    }
    stopRinging();
    if (answered) {
      conversation.peerHungUp();
    } else {
      conversation.endedByPeer(notTaken(mode));
    }
  }

  @Override
  public void signalFailed(Relay.Kind kind) {
    if (kind == Relay.Kind.CALL && !answered && conversation != null) {
      stopRinging();
      conversation.endedByPeer(offline());
    }
  }

  @Override
  public void hangUp(CulvertException why) {
    stopRinging();
    if (conversation == null) {
      fail(why);
    } else {
      conversation.hangUp(why);
    }
  }

  @Override
  public boolean needsSignals() {
    return conversation == null || conversation.meeting().needsSignals();
  }

  private void sessionAnswered(FromServer answer) {
    switch (answer) {
      case SessionStarted session -> prepare(session);
      case Failure _ -> fail(offline());
      default -> fail(Why.notFlow(presence.account().session().signalServer().toString()));
    }
  }

  private void prepare(SessionStarted session) {
    Account account = presence.account();
    me = new Party(me.account(), session.sessionId());
    peer = new Party(peer.account(), session.sessionId() + 1);
    conversation =
        new Conversation(
            loop,
            line,
            this,
            new Meeting.Ends(me, peer, Role.INVITER),
            result,
            () -> ring(session));
    conversation
        .meeting()
        .prepare(
            new CallPort.Surroundings(
                StunServers.of(session.relay(), account),
                StunServers.relay(session.relay(), session.turn(), account),
                account.signalServer()));
  }

  private void ring(SessionStarted session) {
    if (conversation == null) {
      return;
    }
    conversation.announce(
        conversation
            .meeting()
            .offer(Relay.Kind.CALL, session.relay(), session.peerTurn().or(session::turn)));
    patience = loop.loop().schedule(this::notAnswered, ringing.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void notAnswered() {
    hangUp(
        new CulvertException(Reason.NOT_ANSWERED, "%s does not answer.".formatted(peer.account())));
  }

  private CulvertException notTaken(EndMode mode) {
    return switch (mode) {
      case HANG_UP ->
          new CulvertException(
              Reason.NOT_ANSWERED,
              "%s has not answered: the call was ended there.".formatted(peer.account()));
      case BUSY ->
          new CulvertException(Reason.BUSY, "%s talks to somebody else.".formatted(peer.account()));
      case REFUSE ->
          new CulvertException(
              Reason.REFUSED, "%s does not take the call.".formatted(peer.account()));
    };
  }

  private CulvertException offline() {
    return new CulvertException(
        Reason.PEER_OFFLINE, "%s is not online at this server.".formatted(peer.account()));
  }

  /** Before there is a conversation. */
  private void fail(CulvertException why) {
    line.free(this);
    result.completeExceptionally(why);
  }

  private void stopRinging() {
    if (patience != null) {
      patience.cancel(false);
    }
  }
}
