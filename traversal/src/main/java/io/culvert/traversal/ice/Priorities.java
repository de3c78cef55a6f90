package io.culvert.traversal.ice;

import io.culvert.wire.ice.CandidateType;
import io.culvert.wire.ice.TcpType;

/** The priorities of candidates and pairs, RFC 8445 §5.1.2 and §6.1.2.3, RFC 6544 §4.2. */
public final class Priorities {
  /** Where both families work, IPv6 has no NAT to keep open (RFC 8421 §4). */
  private static final int IPV6 = 65_535;

  private static final int IPV4 = 65_534;
  private static final int COMPONENT = 1;

  /** Of the local preference of a candidate of TCP, what does not say who opens the connection. */
  private static final int OTHER_PREFERENCE_BITS = 13;

  /** The highest that a candidate may have. */
  private static final long MAX = Integer.MAX_VALUE;

  private Priorities() {}

  /**
   * That of a candidate.
   *
   * @param behind how many candidates of the same type and family are better, 0 to 32 766
   */
  public static long of(CandidateType type, boolean ipv4, int behind) {
    return of(type, (ipv4 ? IPV4 : IPV6) - 2 * behind);
  }

  /**
   * That of a candidate of TCP: within a type it is below all of UDP.
   *
   * @param behind how many candidates of the same types and family are better, 0 to 4094
   */
  public static long ofTcp(CandidateType type, TcpType tcp, boolean ipv4, int behind) {
    int most = (1 << OTHER_PREFERENCE_BITS) - 1;
    int other = (ipv4 ? most - 1 : most) - 2 * behind;
    return of(type, direction(type, tcp) << OTHER_PREFERENCE_BITS | other);
  }

  private static int direction(CandidateType type, TcpType tcp) {
    boolean isOfNat =
        type == CandidateType.SERVER_REFLEXIVE || type == CandidateType.PEER_REFLEXIVE;
    return switch (tcp) {
      case ACTIVE -> isOfNat ? 4 : 6;
      case PASSIVE -> isOfNat ? 2 : 4;
      case SO -> isOfNat ? 6 : 2;
    };
  }

  private static long of(CandidateType type, int localPreference) {
    return ((long) type.preference() << 24) | (long) localPreference << 8 | (256 - COMPONENT);
  }

  /** That of the address at which a peer sees what is sent from there. */
  static long reflexive(Base base) {
    CandidateType type = CandidateType.PEER_REFLEXIVE;
    return base.isTcp() ? ofTcp(type, TcpType.ACTIVE, base.ipv4(), 0) : of(type, base.ipv4(), 0);
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
