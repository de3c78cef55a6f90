package io.culvert.traversal.ice;

import io.culvert.wire.ice.CandidateType;

/** The priorities of candidates and pairs, RFC 8445 §5.1.2 and §6.1.2.3. */
public final class Priorities {
  /** Where both families work, IPv6 has no NAT to keep open (RFC 8421 §4). */
  private static final int IPV6 = 65_535;

  private static final int IPV4 = 65_534;
  private static final int COMPONENT = 1;

  /** The highest that a candidate may have. */
  private static final long MAX = Integer.MAX_VALUE;

  private Priorities() {}

  /**
   * That of a candidate.
   *
   * @param behind how many candidates of the same type and family are better, 0 to 32 766
   */
  public static long of(CandidateType type, boolean ipv4, int behind) {
    int local = (ipv4 ? IPV4 : IPV6) - 2 * behind;
    return ((long) type.preference() << 24) | (long) local << 8 | (256 - COMPONENT);
  }

  /** What a peer says, which may say anything. */
  static long claimed(long priority) {
    return Math.clamp(priority, 1, MAX);
  }

  /** That of a pair of candidates whose priorities are below 2³¹, as all are. */
  static long ofPair(long controlling, long controlled) {
    long lesser = Math.min(controlling, controlled);
    long greater = Math.max(controlling, controlled);
    return (lesser << 32) + 2 * greater + (controlling > controlled ? 1 : 0);
  }
}
