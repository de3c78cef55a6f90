package io.culvert.client.turn;

import io.culvert.wire.stun.TransactionId;
import java.time.Duration;
import java.time.Instant;

/**
 * A request on its way: repeated until it is answered, for 39.5 s at most (RFC 8489 §6.2.1). On a
 * stream it is waited for as long without being repeated (§6.2.2).
 */
final class Transaction {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(500);

  /** What the last one is given, in first pauses. */
  private static final int LAST_PAUSE = 16;

  private final Request request;
  private final TransactionId id;
  private final byte[] datagram;
  private final int challenges;
  private final Carrier carrier;
  private Duration pause = FIRST_PAUSE;
  private int sent;
  private Instant due;

  /**
   * A request to be sent now.
   *
   * @param challenges how often the server has wanted it otherwise
   */
  Transaction(
      Request request,
      TransactionId id,
      byte[] datagram,
      int challenges,
      Carrier carrier,
      Instant now) {
    this.request = request;
    this.id = id;
    this.datagram = datagram;
    this.challenges = challenges;
    this.carrier = carrier;
    this.due = now;
  }

  Request request() {
    return request;
  }

  TransactionId id() {
    return id;
  }

  byte[] datagram() {
    return datagram;
  }

  int challenges() {
    return challenges;
  }

  /** When it is to be sent again, or given up. */
  Instant due() {
    return due;
  }

  /** Whether it has been sent often enough. */
  boolean isOver() {
    return sent == request.times();
  }

  /** Begins anew, unless it has only just begun or is on a stream, which repeats it itself. */
  boolean restart() {
    if (sent <= 1 || carrier == Carrier.STREAM) {
      return false;
    }
    sent = 0;
    pause = FIRST_PAUSE;
    return true;
  }

  void sent(Instant now) {
    due = now;
    do {
      sent++;
      due = due.plus(isOver() ? FIRST_PAUSE.multipliedBy(LAST_PAUSE) : pause);
      pause = pause.multipliedBy(2);
    } while (carrier == Carrier.STREAM && !isOver());
  }
}
