package io.culvert.server.tag;

import io.culvert.server.net.Party;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * How many datagrams an address may be sent in a minute that nothing of its own has paid for:
 * repetitions, and lists of more than twice their request. Anybody can ask for those in somebody
 * else's name; with this, that is no way to flood him. Not thread-safe.
 */
final class Allowance {
  /** 64 requests that are repeated four times each. */
  static final int PER_PARTY = 256;

  /** Bounds what the server sends, and remembers, when each is for another address. */
  static final int IN_ALL = 32_768;

  private static final Duration PERIOD = Duration.ofMinutes(1);

  private final Map<Party, Integer> used = new HashMap<>();
  private Instant end = Instant.MIN;
  private int usedInAll;

  /** Whether there is one more. */
  boolean take(InetAddress ip, Instant now) {
    if (!now.isBefore(end)) {
      used.clear();
      usedInAll = 0;
      end = now.plus(PERIOD);
    }
    Party party = Party.of(ip);
    int before = used.getOrDefault(party, 0);
    if (before == PER_PARTY || usedInAll == IN_ALL) {
      return false;
    }
    used.put(party, before + 1);
    usedInAll++;
    return true;
  }
}
