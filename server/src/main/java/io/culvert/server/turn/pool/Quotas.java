package io.culvert.server.turn.pool;

import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/**
 * How many allocations there may be. An allocation counts from before it is made until it is gone,
 * over whatever connections it moves; so does a reserved port. Of a user without any nothing is
 * kept but what has been relayed beyond the bandwidth, until that is earned. Thread-safe.
 */
public final class Quotas {
  private final Map<String, Account> users = new HashMap<>();

  /** Who has no allocation any more, but may owe something. */
  private final Map<String, Account> debtors = new HashMap<>();

  private Limits limits;
  private int inAll;

  /**
   * What is allowed; 0 is without a limit.
   *
   * @param perUser allocations of a user
   * @param inAll allocations of all users
   * @param userBytesPerSecond what all allocations of a user may relay together
   */
  public record Limits(int perUser, int inAll, long userBytesPerSecond) {
    public Limits {
      if (perUser < 0 || inAll < 0 || userBytesPerSecond < 0) {
        throw new IllegalArgumentException("a limit is at least 0, which is none");
      }
    }
  }

  /** Whether there may be one more allocation. */
  public sealed interface Admission {}

  /**
   * It may; to be freed when it is gone.
   *
   * @param bandwidth shared by all allocations of the user
   */
  public record Granted(Bandwidth bandwidth) implements Admission {}

  /** It may not. */
  public enum Refused implements Admission {
    /** The user has all that a user may have: 486 Allocation Quota Reached. */
    USER_QUOTA,
    /** The server has all that it may have: 508 Insufficient Capacity. */
    CAPACITY
  }

  private static final class Account {
    private final Bandwidth bandwidth;
    private int allocations;

    Account(Bandwidth bandwidth) {
      this.bandwidth = bandwidth;
    }
  }

  public Quotas(Limits limits) {
    this.limits = limits;
  }

  /**
   * One more allocation of a user.
   *
   * @param now in nanoseconds
   */
  public synchronized Admission take(String user, long now) {
    Account account = users.get(user);
    if (account != null && isReached(limits.perUser(), account.allocations)) {
      return Refused.USER_QUOTA;
    }
    if (isReached(limits.inAll(), inAll)) {
      return Refused.CAPACITY;
    }
    if (account == null) {
      Account debtor = debtors.remove(user);
      account =
          debtor == null ? new Account(new Bandwidth(limits.userBytesPerSecond(), now)) : debtor;
      users.put(user, account);
    }
    account.allocations++;
    inAll++;
    return new Granted(account.bandwidth);
  }

  /**
   * One less.
   *
   * @throws IllegalArgumentException when the user has none
   */
  public synchronized void free(String user) {
    Account account = users.get(user);
    if (account == null) {
      throw new IllegalArgumentException("the user has no allocation");
    }
    inAll--;
    account.allocations--;
    if (account.allocations == 0) {
      users.remove(user);
      if (limits.userBytesPerSecond() > 0) {
        debtors.put(user, account);
      }
    }
  }

  /** Forgets who owes nothing any more. To be called every few seconds. */
  public synchronized void expire(long now) {
    debtors.values().removeIf(account -> account.bandwidth.isFull(now));
  }

  /** Other limits from now on; whoever has more than they allow keeps it. */
  public synchronized void limit(Limits newLimits) {
    limits = newLimits;
    Stream.concat(users.values().stream(), debtors.values().stream())
        .forEach(account -> account.bandwidth.limit(newLimits.userBytesPerSecond()));
  }

  /** How many there are. */
  public synchronized int inAll() {
    return inAll;
  }

  /** How many users have one. */
  public synchronized int users() {
    return users.size();
  }

  /** How many have none, but may owe something. */
  synchronized int debtors() {
    return debtors.size();
  }

  private static boolean isReached(int limit, int count) {
    return limit > 0 && count >= limit;
  }
}
