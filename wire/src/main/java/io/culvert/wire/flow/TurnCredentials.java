package io.culvert.wire.flow;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * What lets a client use a TURN server for a while.
 *
 * @param urls where it is, as RFC 7065 writes it: {@code turn:203.0.113.10:3478?transport=udp}
 * @param ttl how long they are good for from now on, in whole seconds
 */
public record TurnCredentials(List<String> urls, String username, String credential, Duration ttl) {
  public TurnCredentials {
    urls = List.copyOf(urls);
    if (ttl.isNegative() || !ttl.equals(ttl.truncatedTo(ChronoUnit.SECONDS))) {
      throw new IllegalArgumentException("the time to live is in whole seconds, not " + ttl);
    }
  }

  /** Without the credential, which is a secret. */
  @Override
  public String toString() {
    return "TurnCredentials[urls=%s, username=%s, ttl=%s]".formatted(urls, username, ttl);
  }
}
