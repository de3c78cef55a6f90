package io.culvert.client.peer;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.ice.PeerPort;
import io.culvert.client.quic.QuicTransports;
import io.culvert.traversal.ice.Role;
import io.culvert.wire.flow.CallData;
import io.culvert.wire.flow.CallData.End;
import io.culvert.wire.flow.CallData.EndMode;
import io.culvert.wire.flow.CallData.Extensions;
import io.culvert.wire.flow.CallData.Offer;
import io.culvert.wire.flow.CallData.Party;
import io.culvert.wire.flow.FlowMessage;
import io.culvert.wire.flow.FlowMessage.Relay;
import io.netty.channel.EventLoop;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Whom a peer calls, and who calls it, as the signals go. Confined to the loop of its port. */
final class PeerCalls {
  /** What becomes of calls. */
  interface Observer {
    /**
     * The server shall tell a peer that.
     *
     * @return whether there is a server to do so
     */
    CompletableFuture<Boolean> tell(CallData data);

    /** A call is not answered: the server may have lost us without our noticing. */
    void unanswered();

    /**
     * Somebody who has called is connected.
     *
     * @return false when there is no room
     */
    boolean accepted(Connection connection);
  }

  /** Before a call is repeated; twice as long before it is the next time, and so on. */
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);

  private final EventLoop loop;
  private final PeerPort port;
  private final QuicTransports transports;
  private final PeerTrust trust;
  private final int backlog;
  private final Observer observer;
  private final SecureRandom random = new SecureRandom();
  private final List<PeerSession> sessions = new ArrayList<>();
  private boolean closed;

  /**
   * There are none.
   *
   * @param backlog so many who call may be on the way to be connected, half of them from one
   *     account
   */
  PeerCalls(
      EventLoop loop,
      PeerPort port,
      QuicTransports transports,
      PeerTrust trust,
      int backlog,
      Observer observer) {
    this.loop = loop;
    this.port = port;
    this.transports = transports;
    this.trust = trust;
    this.backlog = backlog;
    this.observer = observer;
  }

  /** Calls a peer of our own server; giving the connection up gives the call up. */
  void call(String me, String peer, CompletableFuture<Connection> result) {
    if (closed) {
      result.completeExceptionally(isClosed());
      return;
    }
    // A number that nobody else has needs no question to the server.
    long sessionId = random.nextLong(1, FlowMessage.MAX_SESSION_ID);
    PeerSession fresh =
        begin(
            new PeerSession.Ends(
                new Party(me, sessionId), new Party(peer, sessionId + 1), Role.CONTROLLING));
    fresh
        .result()
        .whenComplete((connection, why) -> {
          if (why != null) {
            result.completeExceptionally(why);
          } else if (!result.complete(connection)) {
            connection.close();
          }
        });
    result.whenComplete((_, _) -> {
      if (result.isCancelled()) {
        loop.execute(() -> fresh.fail(isClosed()));
      }
    });
    Offer offer = fresh.offer();
    repeat(fresh, offer, FIRST_PAUSE);
    observer
        .tell(offer)
        .thenAcceptAsync(
            isTold -> {
              if (!isTold) {
                fresh.fail(hasNoServer());
              }
            },
            loop);
  }

  /** What either side was told by a server that had lost it, or it the server, has got lost. */
  private void repeat(PeerSession session, Offer call, Duration pause) {
    loop.schedule(
        () -> {
          if (session.isUnanswered()) {
            observer.unanswered();
            observer.tell(call);
            repeat(session, call, pause.multipliedBy(2));
          }
        },
        pause.toMillis(),
        TimeUnit.MILLISECONDS);
  }

  private PeerSession begin(PeerSession.Ends ends) {
    PeerSession session = new PeerSession(loop, port, transports, ends, observer::tell);
    sessions.add(session);
    session.whenOver(() -> {
      sessions.remove(session);
      observer.tell(new End(ends.me(), ends.peer(), EndMode.HANG_UP));
    });
    return session;
  }

  /** A peer has called, answered or said more. */
  void offered(Offer offer) {
    Optional<PeerSession> known = first(session -> session.isWith(offer.peer(), offer.me()));
    Extensions extensions = offer.extensions();
    if (known.isPresent() && extensions.trickle()) {
      known.get().peerSaysMore(extensions);
    } else if (known.isPresent() && offer.kind() == Relay.Kind.ANSWER) {
      begin(known.get(), offer);
    } else if (known.isPresent() && offer.kind() == Relay.Kind.CALL) {
      known.get().answerAgain();
    } else if (known.isEmpty() && offer.kind() == Relay.Kind.CALL && !extensions.trickle()) {
      called(offer);
    }
  }

  private void called(Offer offer) {
    if (closed || offer.extensions().ice().isEmpty()) {
      observer.tell(new End(offer.me(), offer.peer(), EndMode.REFUSE)); // it cannot encrypt
      return;
    }
    if (beginning(_ -> true) >= backlog
        || beginning(session -> session.name().equals(offer.peer().account())) >= backlog / 2) {
      observer.tell(new End(offer.me(), offer.peer(), EndMode.BUSY));
      return;
    }
    PeerSession session = begin(new PeerSession.Ends(offer.me(), offer.peer(), Role.CONTROLLED));
    session
        .result()
        .thenAccept(connection -> {
          if (!observer.accepted(connection)) {
            connection.close();
          }
        });
    begin(session, offer);
  }

  /** So many of those are called and not connected yet. */
  private long beginning(Predicate<PeerSession> which) {
    return sessions.stream()
        .filter(PeerSession::isIncoming)
        .filter(PeerSession::isBeginning)
        .filter(which)
        .count();
  }

  /** Believes the peer, if it is who it was before. */
  private void begin(PeerSession session, Offer offer) {
    trust
        .check(offer)
        .whenCompleteAsync(
            (fingerprint, why) -> {
              if (why != null) {
                session.fail(refusal(why));
                return;
              }
              boolean isNew =
                  session.believe(
                      offer,
                      fingerprint,
                      () -> trust.remember(offer.peer().account(), fingerprint));
              if (!isNew) {
                return;
              }
              if (offer.kind() == Relay.Kind.CALL) {
                observer.tell(session.offer()); // first: the peer waits for it
              }
              session.search(offer);
            },
            loop);
  }

  private static CulvertException refusal(Throwable why) {
    return why instanceof CulvertException known
        ? known
        : new CulvertException(
            Reason.PEER_NOT_TRUSTED, "The known peers cannot be read: " + why.getMessage());
  }

  /** The server cannot tell the peer of the call with that number of ours. */
  void undelivered(long sessionId) {
    first(session -> session.isOurs(sessionId)).ifPresent(PeerSession::isOffline);
  }

  /** A peer has hung up. */
  void ended(End end) {
    first(session -> session.isWith(end.peer(), end.me()))
        .ifPresent(session -> session.endedByPeer(end.mode()));
  }

  private Optional<PeerSession> first(Predicate<PeerSession> which) {
    return sessions.stream().filter(which).findFirst();
  }

  /** The server hears us again: what was said meanwhile is lost. */
  void sayAll() {
    sessions.forEach(PeerSession::sayAll);
  }

  /** Ends them all, and takes no others. */
  void close() {
    closed = true;
    transports.close();
    List.copyOf(sessions).forEach(session -> session.fail(isClosed()));
  }

  private static CulvertException hasNoServer() {
    return new CulvertException(
        Reason.SERVER_LOST, "There is no connection to the server at the moment.");
  }

  static CulvertException isClosed() {
    return new CulvertException(Reason.CLOSED, "This peer was closed meanwhile.");
  }
}
