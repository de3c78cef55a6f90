package io.culvert.traversal.ice;

import io.culvert.wire.ice.CandidateType;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A pair of candidates and what is known of it. Not thread-safe. */
final class Pair {
  /**
   * After how long a check is followed by the next while nothing is answered: what a router drops
   * because it does not know the peer yet is soon sent again, what nobody hears costs little. Three
   * go out within 70 ms: the peer may have opened its router behind the first.
   */
  private static final long[] PAUSES_MILLIS = {33, 33, 67, 133, 267, 533, 1000, 2000};

  /** Then another address of the peer's may have its place: so destinations stay few a minute. */
  private static final Duration CHANCE = Duration.ofMinutes(1);

  private final CandidatePair addresses;
  private final long localPriority;
  private CandidateType remoteType;
  private long remotePriority;
  private int unanswered;
  private int sent;
  private int answered;
  private Instant due = Instant.MAX;
  private Instant firstSent = Instant.MAX;
  private boolean urgent;
  private boolean nominated;
  private boolean heard;
  private @Nullable InetSocketAddress mapped;
  private @Nullable Duration roundTrip;
  private @Nullable Instant lastAnswer;

  Pair(CandidatePair addresses, long localPriority, CandidateType remoteType, long remotePriority) {
    this.addresses = addresses;
    this.localPriority = localPriority;
    this.remoteType = remoteType;
    this.remotePriority = remotePriority;
  }

  CandidatePair addresses() {
    return addresses;
  }

  /** What the peer's address is. */
  CandidateType remoteType() {
    return remoteType;
  }

  /** The peer says what the address is that it has been heard from. */
  void remoteIs(CandidateType type, long priority) {
    remoteType = type;
    remotePriority = priority;
  }

  /** That of the address which the peer sees, should it be a new one to it. */
  long localPriority() {
    return localPriority;
  }

  long priority(Role role) {
    return role == Role.CONTROLLING
        ? Priorities.ofPair(localPriority, remotePriority)
        : Priorities.ofPair(remotePriority, localPriority);
  }

  /** When the next check is to be sent. */
  Instant due() {
    return due;
  }

  void due(Instant when) {
    due = when;
  }

  /** Checked as soon as its turn comes, and as often as in the beginning. */
  void check(Instant now) {
    due = now;
    unanswered = 0;
  }

  /** The same, before all others. */
  void checkNow(Instant now) {
    check(now);
    urgent = true;
  }

  boolean isUrgent() {
    return urgent;
  }

  /** The other end has seen us there; says whether that is new. */
  boolean seenAt(InetSocketAddress address) {
    boolean isNew = !address.equals(mapped);
    mapped = address;
    return isNew;
  }

  /** The peer has been heard here. */
  void heard() {
    heard = true;
  }

  /** Whether anything has ever come from there. */
  boolean isHeard() {
    return heard || answered > 0;
  }

  /** A check has gone. */
  void checked(Instant now) {
    firstSent = sent == 0 ? now : firstSent;
    sent++;
    urgent = false;
    due = now.plus(pause());
    unanswered++;
  }

  /** An answer that can still come is waited for. */
  private Duration pause() {
    long millis = PAUSES_MILLIS[Math.min(unanswered, PAUSES_MILLIS.length - 1)];
    long usual = roundTrip == null ? 0 : roundTrip.toMillis() * 3 / 2;
    return Duration.ofMillis(Math.max(millis, usual));
  }

  /** It has been answered after so long. */
  void answered(Duration after, Instant now) {
    answered++;
    unanswered = 0;
    // As TCP does it (RFC 6298 §2), so that one late answer is not taken for a slow path.
    roundTrip = roundTrip == null ? after : roundTrip.multipliedBy(7).plus(after).dividedBy(8);
    lastAnswer = now;
  }

  /** Nothing has come back for so long that it is as if nothing ever had. */
  void fail() {
    lastAnswer = null;
    roundTrip = null;
    mapped = null;
    nominated = false;
    due = Instant.MAX;
    urgent = false;
  }

  /** Whether the peer has answered from there, and not too long ago. */
  boolean isValid() {
    return lastAnswer != null;
  }

  /** Whether it has had its time, and does not work. */
  boolean isInVain(Instant now) {
    return sent > 0 && !isValid() && !firstSent.plus(CHANCE).isAfter(now);
  }

  @Nullable Instant lastAnswer() {
    return lastAnswer;
  }

  @Nullable Duration roundTrip() {
    return roundTrip;
  }

  /** How many checks have gone since one was answered. */
  int unanswered() {
    return unanswered;
  }

  int sent() {
    return sent;
  }

  int answers() {
    return answered;
  }

  boolean isNominated() {
    return nominated;
  }

  void nominate() {
    nominated = true;
  }

  boolean isRelayed() {
    return addresses.local().relayed() || remoteType == CandidateType.RELAYED;
  }
}
