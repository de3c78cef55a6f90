package io.culvert.lab.sim;

import java.time.Duration;

/**
 * When a NAT forgets a mapping.
 *
 * @param idle for how long nobody has used it
 * @param lifetime how old it is, used or not; {@link #FOREVER} where that does not matter
 * @param refreshedByInbound whether what comes in counts as use (RFC 4787, §4.3)
 */
public record Expiry(Duration idle, Duration lifetime, boolean refreshedByInbound) {
  public static final Duration FOREVER = Duration.ofDays(36_500);

  /** What RFC 4787 asks for at least, and home routers do for flows in both directions. */
  public static final Expiry USUAL = after(Duration.ofMinutes(2));

  /** After that much silence in both directions. */
  public static Expiry after(Duration idle) {
    return new Expiry(idle, FOREVER, true);
  }

  public Expiry withLifetime(Duration other) {
    return new Expiry(idle, other, refreshedByInbound);
  }

  /** Only what goes out counts as use. */
  public Expiry refreshedByOutboundOnly() {
    return new Expiry(idle, lifetime, false);
  }
}
