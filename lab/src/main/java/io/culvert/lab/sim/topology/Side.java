package io.culvert.lab.sim.topology;

import io.culvert.lab.sim.Expiry;
import io.culvert.lab.sim.Hairpin;
import io.culvert.lab.sim.NatBehavior;
import io.culvert.lab.sim.Pooling;
import io.culvert.lab.sim.Quality;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What is between one peer and the internet, or the operator that both peers have.
 *
 * @param nats its routers, the nearest one first; with none it is connected directly
 * @param addresses how many outer addresses the last router has
 * @param ipv6 a peer that is connected directly has it open or not at all
 * @param firewall whether its host has a stateful one
 * @param junk how many interfaces it has that lead nowhere
 * @param access the link to the internet or the operator
 */
public record Side(
    List<NatBehavior> nats, int addresses, Ipv6 ipv6, boolean firewall, int junk, Quality access) {
  public Side {
    nats = List.copyOf(nats);
    if (nats.isEmpty() && (ipv6 == Ipv6.FIREWALLED || ipv6 == Ipv6.BLACKHOLED)) {
      throw new IllegalArgumentException("Without a router there is no firewall.");
    }
  }

  /** A peer behind these routers, the nearest one first, with a perfect link and no IPv6. */
  public static Side behind(NatBehavior... nats) {
    return new Side(List.of(nats), 1, Ipv6.NONE, false, 0, Quality.PERFECT);
  }

  public Side withAddresses(int count) {
    return new Side(nats, count, ipv6, firewall, junk, access);
  }

  public Side withIpv6(Ipv6 other) {
    return new Side(nats, addresses, other, firewall, junk, access);
  }

  public Side withFirewall() {
    return new Side(nats, addresses, ipv6, true, junk, access);
  }

  public Side withJunk(int interfaces) {
    return new Side(nats, addresses, ipv6, firewall, interfaces, access);
  }

  public Side withAccess(Quality quality) {
    return new Side(nats, addresses, ipv6, firewall, junk, quality);
  }

  /** All that packets pass in its host and its routers, the nearest one first. */
  List<NatBehavior> filters() {
    return firewall
        ? Stream.concat(Stream.of(NatBehavior.STATEFUL_FIREWALL), nats.stream()).toList()
        : nats;
  }

  @Override
  public String toString() {
    String routers =
        nats.isEmpty() ? "open" : nats.stream().map(Side::text).collect(Collectors.joining(" < "));
    return routers
        + (addresses == 1 ? "" : " x" + addresses)
        + ", ipv6 "
        + lower(ipv6)
        + (firewall ? ", firewall" : "")
        + (junk == 0 ? "" : ", " + junk + " junk")
        + ", "
        + access;
  }

  static String text(NatBehavior nat) {
    String filtering = lower(nat.filtering()) + " filter";
    Expiry expiry = nat.expiry();
    return lower(nat.mapping())
        + "/"
        + filtering
        + "/"
        + nat.ports()
        + (nat.hairpin() == Hairpin.OFF ? "" : "/hairpin " + lower(nat.hairpin()))
        + (nat.pooling() == Pooling.ARBITRARY ? "/arbitrary pooling" : "")
        + (nat.answers() ? "/answers" : "")
        + (nat.blocksUdp() ? "/no UDP" : "")
        + (nat.table() == NatBehavior.UNLIMITED ? "" : "/table " + nat.table())
        + "/idle "
        + expiry.idle().toSeconds()
        + " s"
        + (expiry.lifetime().equals(Expiry.FOREVER)
            ? ""
            : "/lifetime " + expiry.lifetime().toSeconds() + " s")
        + (expiry.refreshedByInbound() ? "" : "/outbound refresh");
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
