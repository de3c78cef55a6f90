package io.culvert.server.account;

import io.culvert.server.net.Party;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.stream.Stream;

/**
 * How often a password may be guessed. Three limits hold at the same time:
 *
 * <ul>
 *   <li>one account from one address: ten failures, in the long run one each quarter of an hour;
 *   <li>one account from anywhere: twenty, in the long run one each half minute, so that thousands
 *       of addresses are no better than one. Whoever hammers at somebody's account can so keep its
 *       owner waiting, for half a minute at a time and only where the owner has not logged in
 *       before;
 *   <li>any account from one address: a hundred, in the long run one each ten seconds. Behind the
 *       NAT of a provider are thousands of people who mistype now and then: that is 8,640 times a
 *       day. It does not hold up those who have logged in from there before.
 * </ul>
 *
 * <p>A login counts as a failure from the moment it is admitted until it proves to be none, so that
 * a thousand at once are no way around. Whether an account exists makes no difference. Thread-safe.
 */
final class LoginThrottle {
  /** So many are remembered who have logged in before. */
  static final int MAX_KNOWN = 16_384;

  private final InstantSource clock;
  private final FailureLimit<Origin> byOrigin = new FailureLimit<>(10, Duration.ofMinutes(15));
  private final FailureLimit<String> byAccount = new FailureLimit<>(20, Duration.ofSeconds(30));
  private final FailureLimit<Party> byParty = new FailureLimit<>(100, Duration.ofSeconds(10));
  private final RecentMap<Origin, Boolean> known = new RecentMap<>(MAX_KNOWN);

  LoginThrottle(InstantSource clock) {
    this.clock = clock;
  }

  /** An account, and those who want to log in to it. */
  record Origin(String account, Party party) {}

  /** Whether a password may be tried. */
  sealed interface Admission {}

  /** Not before so much time. */
  record Wait(Duration time) implements Admission {}

  /** It may; a failure unless one of the methods says otherwise. */
  final class Attempt implements Admission {
    private final Origin origin;
    private final FailureLimit.Charge<Origin> ofOrigin;
    private final FailureLimit.Charge<String> ofAccount;
    private final FailureLimit.Charge<Party> ofParty;

    private Attempt(Origin origin, Instant now) {
      this.origin = origin;
      ofOrigin = byOrigin.charge(origin, now);
      ofAccount = byAccount.charge(origin.account(), now);
      ofParty = byParty.charge(origin.party(), now);
    }

    Origin origin() {
      return origin;
    }

    /**
     * The password was right. The failures of others at that address stay: else a guesser would log
     * in to an account of their own from time to time.
     */
    void succeeded() {
      synchronized (LoginThrottle.this) {
        byOrigin.forget(origin);
        byAccount.forget(origin.account());
        byParty.refund(ofParty);
        known.put(origin, true);
      }
    }

    /** The password has not been tried. */
    void withdrawn() {
      synchronized (LoginThrottle.this) {
        byOrigin.refund(ofOrigin);
        byAccount.refund(ofAccount);
        byParty.refund(ofParty);
      }
    }
  }

  /** Remembers that somebody has logged in from there. */
  synchronized void remember(Origin origin) {
    known.put(origin, true);
  }

  /** Admits an attempt, or tells how long to wait. */
  synchronized Admission admit(Origin origin) {
    Instant now = clock.instant();
    Duration wait = byOrigin.wait(origin, now);
    if (known.get(origin) == null) {
      wait =
          Stream.of(wait, byAccount.wait(origin.account(), now), byParty.wait(origin.party(), now))
              .max(Duration::compareTo)
              .get();
    }
    return wait.isZero() ? new Attempt(origin, now) : new Wait(wait);
  }
}
