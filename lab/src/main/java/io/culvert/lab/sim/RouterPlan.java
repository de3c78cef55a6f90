package io.culvert.lab.sim;

import io.culvert.lab.net.NatKind.Mapping;
import java.util.Optional;

/**
 * What a router is going to be.
 *
 * @param nat how it translates IPv4
 * @param addresses how many outer addresses of IPv4 it has, 1 or more
 * @param lan the private prefix behind it; the next one of 192.168.0.0/16 by default
 * @param ipv6 its firewall for IPv6, which it has only then
 * @param up its link to the network outside
 * @param down its link from there
 */
public record RouterPlan(
    NatBehavior nat,
    int addresses,
    Optional<Prefix> lan,
    Optional<NatBehavior> ipv6,
    Quality up,
    Quality down) {
  public RouterPlan {
    if (nat.mapping() == Mapping.NONE) {
      throw new IllegalArgumentException(
          "A router without translation has no use for a private LAN: connect its hosts to the"
              + " internet.");
    }
    if (addresses < 1) {
      throw new IllegalArgumentException("A NAT needs an outer address.");
    }
    if (ipv6.isPresent() && ipv6.get().mapping() != Mapping.NONE) {
      throw new IllegalArgumentException("IPv6 is not translated here: choose a firewall.");
    }
  }

  /** A router with one outer address, a perfect link and no IPv6. */
  public static RouterPlan of(NatBehavior nat) {
    return new RouterPlan(
        nat, 1, Optional.empty(), Optional.empty(), Quality.PERFECT, Quality.PERFECT);
  }

  public RouterPlan withAddresses(int count) {
    return new RouterPlan(nat, count, lan, ipv6, up, down);
  }

  /** With that private prefix behind it, such as 192.168.1.0/24; several may have the same. */
  public RouterPlan withLan(String prefix) {
    return new RouterPlan(nat, addresses, Optional.of(Prefix.parse(prefix)), ipv6, up, down);
  }

  public RouterPlan withIpv6(NatBehavior firewall) {
    return new RouterPlan(nat, addresses, lan, Optional.of(firewall), up, down);
  }

  public RouterPlan withLink(Quality both) {
    return withLink(both, both);
  }

  public RouterPlan withLink(Quality upwards, Quality downwards) {
    return new RouterPlan(nat, addresses, lan, ipv6, upwards, downwards);
  }
}
