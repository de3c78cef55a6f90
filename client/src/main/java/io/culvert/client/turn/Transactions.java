package io.culvert.client.turn;

import io.culvert.wire.stun.StunAttribute.ErrorCode;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.StunWriter;
import io.culvert.wire.stun.TransactionId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The requests to one server that are not answered yet: repeats them, meets the server's challenges
 * (RFC 8489 §9.2), and believes only what the server has vouched for. Not thread-safe; owns no
 * socket and no clock.
 */
final class Transactions {
  /** What a server that knows no key of ours, or that we have not understood, cannot vouch for. */
  private static final Set<Integer> NOT_VOUCHED_FOR =
      Set.of(ErrorCode.BAD_REQUEST, ErrorCode.UNAUTHENTICATED, ErrorCode.STALE_NONCE);

  /** Nonces may go stale while one is on its way; a server that wants ever more is broken. */
  private static final int MAX_CHALLENGES = 4;

  /** Who is told what becomes of a request; each gets one of these, once. */
  interface Observer {
    void succeeded(Request request, StunMessage answer, Instant now);

    void refused(Request request, ErrorCode why, StunMessage answer, Instant now);

    /** Nothing has come in time. */
    void unanswered(Request request, Instant now);
  }

  private final TurnLogin login;
  private final Carrier carrier;
  private final RandomGenerator random;
  private final Consumer<byte[]> socket;
  private final Observer observer;
  private final Map<TransactionId, Transaction> pending = new HashMap<>();
  private @Nullable Challenge challenge;

  /**
   * None yet.
   *
   * @param random fit for secrets
   * @param socket sends to the server
   */
  Transactions(
      TurnLogin login,
      Carrier carrier,
      RandomGenerator random,
      Consumer<byte[]> socket,
      Observer observer) {
    this.login = login;
    this.carrier = carrier;
    this.random = random;
    this.socket = socket;
    this.observer = observer;
  }

  /** Begins a request. */
  void begin(Request request, Instant now) {
    begin(request, 0, now);
  }

  /** Whether one of that kind is not answered yet. */
  boolean isPending(Request request) {
    return pending.values().stream().anyMatch(each -> each.request().equals(request));
  }

  /**
   * Something of STUN has come from the server.
   *
   * @param datagram its bytes
   * @return false when it is no answer to any of these
   */
  boolean heard(StunMessage answer, ByteBuf datagram, Instant now) {
    Transaction transaction = pending.get(answer.transactionId());
    if (transaction == null || !isAnswer(answer, transaction)) {
      return false;
    }
    boolean vouchedFor = challenge != null && challenge.vouchesFor(datagram);
    if (answer.messageClass() == StunClass.SUCCESS) {
      if (vouchedFor) {
        pending.remove(transaction.id());
        observer.succeeded(transaction.request(), answer, now);
      }
    } else {
      answer
          .first(ErrorCode.class)
          .filter(error -> vouchedFor || mayLackIntegrity(error))
          .ifPresent(error -> failed(transaction, error, answer, now));
    }
    return true; // what is not believed is not the answer: that may still come
  }

  /** Repeats what is due, and gives up what is over. */
  void pass(Instant now) {
    for (Transaction transaction : List.copyOf(pending.values())) {
      if (transaction.due().isAfter(now)) {
        continue;
      }
      if (transaction.isOver()) {
        pending.remove(transaction.id());
        observer.unanswered(transaction.request(), now);
      } else {
        send(transaction, now);
      }
    }
  }

  /** Repeats all of them as if they had just begun. */
  void hurry(Instant now) {
    for (Transaction transaction : pending.values()) {
      if (transaction.restart()) {
        send(transaction, now);
      }
    }
  }

  /** When to {@link #pass} the time again; the far future when nothing is pending. */
  Instant nextDeadline() {
    return pending.values().stream()
        .map(Transaction::due)
        .min(Instant::compareTo)
        .orElse(Instant.MAX);
  }

  /** Forgets all of them, and what the server wanted to see. */
  void clear() {
    pending.clear();
    challenge = null;
  }

  private void begin(Request request, int challenges, Instant now) {
    TransactionId id = TransactionId.random(random);
    ByteBuf out = Unpooled.buffer();
    if (challenge == null) {
      new StunWriter()
          .begin(
              out, new StunMessage(StunClass.REQUEST, request.method(), id, request.attributes()))
          .fingerprint();
    } else {
      challenge.write(request, id, out);
    }
    Transaction transaction =
        new Transaction(request, id, ByteBufUtil.getBytes(out), challenges, carrier, now);
    pending.put(id, transaction);
    send(transaction, now);
  }

  private void send(Transaction transaction, Instant now) {
    transaction.sent(now);
    socket.accept(transaction.datagram());
  }

  private static boolean isAnswer(StunMessage message, Transaction transaction) {
    return message.method() == transaction.request().method()
        && switch (message.messageClass()) {
          case SUCCESS, ERROR -> true;
          case REQUEST, INDICATION -> false;
        };
  }

  private void failed(Transaction transaction, ErrorCode error, StunMessage answer, Instant now) {
    if (!isChallenge(error, transaction)) {
      pending.remove(transaction.id());
      observer.refused(transaction.request(), error, answer, now);
      return;
    }
    Challenge.of(answer, login)
        .ifPresent(fresh -> {
          pending.remove(transaction.id());
          challenge = fresh;
          begin(transaction.request(), transaction.challenges() + 1, now);
        });
  }

  /**
   * Before there is a key there is nothing to believe but errors, and of those not the one that
   * would send us to anybody else (RFC 8489 §14.8).
   */
  private boolean mayLackIntegrity(ErrorCode error) {
    return challenge == null
        ? error.code() != ErrorCode.TRY_ALTERNATE
        : NOT_VOUCHED_FOR.contains(error.code());
  }

  /** A second 401 means that the credentials are wrong; nonces go stale any number of times. */
  private boolean isChallenge(ErrorCode error, Transaction transaction) {
    return switch (error.code()) {
      case ErrorCode.UNAUTHENTICATED -> transaction.challenges() == 0;
      case ErrorCode.STALE_NONCE -> transaction.challenges() < MAX_CHALLENGES;
      default -> false;
    };
  }
}
