package io.culvert.server.turn;

import io.culvert.server.turn.pool.Bandwidth;
import io.culvert.wire.stun.TransactionId;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a user has been granted with an allocation, and how that was answered, for the case that the
 * answer is lost.
 */
final class Grant {
  private final String user;
  private final TransactionId id;
  private final long startNanos;
  private final long seconds;
  private final boolean tcp;
  private final Bandwidth bandwidth;
  private final Bandwidth.Share share;
  private @Nullable Long token;
  private @Nullable Refusal missing;

  /**
   * The user's quota has been charged.
   *
   * @param id of the request
   * @param seconds until the first refresh
   * @param tcp whether peers are reached over TCP, not over UDP
   * @param bandwidth of all that the user relays
   */
  Grant(
      String user,
      TransactionId id,
      long startNanos,
      long seconds,
      boolean tcp,
      Bandwidth bandwidth) {
    this.user = user;
    this.id = id;
    this.startNanos = startNanos;
    this.seconds = seconds;
    this.tcp = tcp;
    this.bandwidth = bandwidth;
    this.share = bandwidth.share();
  }

  String user() {
    return user;
  }

  TransactionId id() {
    return id;
  }

  long startNanos() {
    return startNanos;
  }

  long seconds() {
    return seconds;
  }

  /** When the allocation ends unless it is refreshed. */
  long endNanos() {
    return startNanos + Duration.ofSeconds(seconds).toNanos();
  }

  boolean tcp() {
    return tcp;
  }

  /** Of all that the user relays, on whatever thread. */
  Bandwidth bandwidth() {
    return bandwidth;
  }

  /** What the allocation's loop draws from it. */
  Bandwidth.Share share() {
    return share;
  }

  /** What the next port has been reserved for; null when it has not. */
  @Nullable Long token() {
    return token;
  }

  void reserved(long itsToken) {
    token = itsToken;
  }

  /** Why there is only one relay though two were asked for; null when nothing is missing. */
  @Nullable Refusal missing() {
    return missing;
  }

  void lacksOne(@Nullable Refusal why) {
    missing = why;
  }
}
