package io.culvert.server.turn.auth;

import io.culvert.wire.transport.udp.Endpoint;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How many challenges an IPv4 address or an IPv6 /64 gets in a second: anybody can ask for one in
 * somebody else's name. The table never grows; those who share a place in it, which nobody outside
 * can bring about, share what one may get. Thread-safe, without locks.
 */
public final class ChallengeLimit {
  /** 512 KB. A million forged senders a second are 16 a place. */
  private static final int PLACES = 1 << 16;

  private static final long COUNT = 0xffff_ffffL;

  private final int perSecond;
  private final long seed = new SecureRandom().nextLong();

  /** The second, and behind it how many have been asked for in it. */
  private final AtomicLongArray counts = new AtomicLongArray(PLACES);

  /**
   * A limit.
   *
   * @param perSecond at least 1
   */
  public ChallengeLimit(int perSecond) {
    if (perSecond < 1) {
      throw new IllegalArgumentException("a limit of " + perSecond + " lets nobody in");
    }
    this.perSecond = perSecond;
  }

  /**
   * Whether that address may get one more, which is then counted. Who may not shall get no answer.
   *
   * @param now in nanoseconds
   */
  public boolean take(long high, long low, long now) {
    int place = place(high, low);
    long second = Math.floorDiv(now, TimeUnit.SECONDS.toNanos(1)) << Integer.SIZE;
    while (true) {
      long before = counts.get(place);
      boolean same = (before & ~COUNT) == second;
      if (same && (before & COUNT) >= perSecond) {
        return false;
      }
      if (counts.compareAndSet(place, before, same ? before + 1 : second + 1)) {
        return true;
      }
    }
  }

  private int place(long high, long low) {
    long prefix = Endpoint.isIpv4(high, low) ? low : high;
    long mixed = (prefix ^ seed) * 0x9e3779b97f4a7c15L; // the golden ratio, which spreads all bits
    mixed = (mixed ^ (mixed >>> 32)) * 0xd6e8feb86659fd93L;
    return (int) (mixed >>> 48);
  }
}
