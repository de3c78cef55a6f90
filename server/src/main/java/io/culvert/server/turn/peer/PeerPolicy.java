package io.culvert.server.turn.peer;

import io.culvert.wire.transport.udp.Endpoint;
import io.culvert.wire.transport.udp.EndpointMap;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which peers may be relayed to: the one gate for permissions, channels, Send, Connect and incoming
 * connections. The first of these rules that fits decides:
 *
 * <ol>
 *   <li>Port 0, the server's own services, and an IPv6 address that encodes an IPv4 one (mapped,
 *       compatible, 6to4, Teredo) are denied. NAT64 (64:ff9b::/96) is judged twice, as the IPv6
 *       address that it is and as the IPv4 address that it leads to.
 *   <li>Unspecified addresses and 0.0.0.0/8 are denied; loopback is, unless all of it is allowed,
 *       which is for tests.
 *   <li>Of the networks in the operator's two lists that contain the address, the smallest decides.
 *       A network in both lists is an error. An address of the server itself is allowed only by an
 *       entry of its own, not by a network around it.
 *   <li>An address of the server itself: allowed where it has a relay open at that port, of the
 *       protocol in question.
 *   <li>Special-purpose addresses are denied, all others are allowed.
 * </ol>
 *
 * <p>Immutable. Addresses are in the form of {@link Endpoint}. Nothing is allocated for a question.
 */
public final class PeerPolicy {
  /** The smaller networks first. */
  private final Rule[] rules;

  private final boolean allowLoopback;
  private final Cidr[] own;
  private final EndpointMap<Endpoint> services = new EndpointMap<>(new SecureRandom().nextLong());

  /** By port: who listens at one loopback address may do so at all of them. */
  private final BitSet loopbackServices = new BitSet();

  /** An entry of one of the operator's lists. */
  private record Rule(Cidr network, boolean allow) {}

  private enum Judgement {
    ALLOWED,
    DENIED,
    /** Allowed where there is a relay. */
    OWN
  }

  private PeerPolicy(List<Rule> rules, boolean allowLoopback, Collection<InetAddress> own) {
    this.rules =
        rules.stream()
            .sorted(Comparator.comparingInt(rule -> -rule.network().bits()))
            .toArray(Rule[]::new);
    this.allowLoopback = allowLoopback;
    this.own = own.stream().map(Cidr::of).toArray(Cidr[]::new);
  }

  /**
   * A policy.
   *
   * @param allow what the operator allows
   * @param deny what the operator denies
   * @param allowLoopback whether the host itself may be a peer, but for its services
   * @param ownAddresses under which the server is known: those that it listens at, those that it
   *     relays from, and those under which the world knows them. Never the unspecified address
   * @param ownServices what can be reached at them, and elsewhere, but must not be through the
   *     relay: listeners, administration, the database
   * @throws IllegalArgumentException when a network is both allowed and denied, or when an own
   *     address is the unspecified one; the message is a sentence for the operator
   */
  public static PeerPolicy of(
      Collection<Cidr> allow,
      Collection<Cidr> deny,
      boolean allowLoopback,
      Collection<InetAddress> ownAddresses,
      Collection<Endpoint> ownServices) {
    Set<Cidr> both = new HashSet<>(allow);
    both.retainAll(Set.copyOf(deny));
    for (Cidr network : both) {
      throw new IllegalArgumentException(
          "%s is both allowed and denied to peers. Take it out of one of the lists."
              .formatted(network));
    }
    for (InetAddress address : ownAddresses) {
      if (address.isAnyLocalAddress()) {
        throw new IllegalArgumentException(
            "%s is no address of its own. Name the addresses that it stands for."
                .formatted(address.getHostAddress()));
      }
    }
    List<Rule> rules = new ArrayList<>();
    allow.forEach(network -> rules.add(new Rule(network, true)));
    deny.forEach(network -> rules.add(new Rule(network, false)));
    PeerPolicy policy = new PeerPolicy(rules, allowLoopback, ownAddresses);
    ownServices.forEach(policy::protect);
    return policy;
  }

  private void protect(Endpoint service) {
    services.put(service, service);
    if (SpecialPurpose.isLoopback(service.high(), service.low())) {
      loopbackServices.set(service.port());
    }
  }

  /**
   * Whether some port of that address may be a peer: what a permission is asked for (RFC 8656 §9).
   * Packets to it still have to ask for their port.
   *
   * @param ipv4 whether it stood in an attribute, or comes from a socket, of IPv4
   */
  public boolean allows(long high, long low, boolean ipv4) {
    return judge(high, low, ipv4) != Judgement.DENIED;
  }

  /**
   * Whether that endpoint may be a peer.
   *
   * @param ipv4 whether it stood in an attribute, or comes from a socket, of IPv4
   * @param relayed whether it is a relay of this server, open at this moment, over the protocol
   *     that it is to be reached by
   */
  public boolean allows(Endpoint peer, boolean ipv4, boolean relayed) {
    if (peer.port() == 0 || isService(peer.high(), peer.low(), peer.port())) {
      return false;
    }
    return switch (judge(peer.high(), peer.low(), ipv4)) {
      case ALLOWED -> true;
      case DENIED -> false;
      case OWN -> relayed;
    };
  }

  private Judgement judge(long high, long low, boolean ipv4) {
    if (ipv4 != Endpoint.isIpv4(high, low)) {
      return Judgement.DENIED; // an IPv4-mapped address in a packet
    }
    if (!SpecialPurpose.isNat64(high, low)) {
      return judge(high, low);
    }
    Rule rule = smallest(high, low);
    long leadsTo = SpecialPurpose.behindNat64(low);
    boolean allowed =
        (rule == null || rule.allow())
            && !SpecialPurpose.isLoopback(0, leadsTo)
            && judge(0, leadsTo) == Judgement.ALLOWED;
    return allowed ? Judgement.ALLOWED : Judgement.DENIED;
  }

  private Judgement judge(long high, long low) {
    if (SpecialPurpose.isLoopback(high, low)) {
      return allowLoopback ? Judgement.ALLOWED : Judgement.DENIED;
    }
    if (SpecialPurpose.isNever(high, low)) {
      return Judgement.DENIED;
    }
    Rule rule = smallest(high, low);
    if (rule != null && !rule.allow()) {
      return Judgement.DENIED;
    }
    if (isOwn(high, low)) {
      return rule != null && rule.network().isSingle() ? Judgement.ALLOWED : Judgement.OWN;
    }
    return rule == null && SpecialPurpose.contains(high, low)
        ? Judgement.DENIED
        : Judgement.ALLOWED;
  }

  private @Nullable Rule smallest(long high, long low) {
    for (Rule rule : rules) {
      if (rule.network().contains(high, low)) {
        return rule;
      }
    }
    return null;
  }

  private boolean isOwn(long high, long low) {
    for (Cidr address : own) {
      if (address.contains(high, low)) {
        return true;
      }
    }
    return false;
  }

  private boolean isService(long high, long low, int port) {
    return services.get(high, low, port) != null
        || (SpecialPurpose.isLoopback(high, low) && loopbackServices.get(port))
        || (SpecialPurpose.isNat64(high, low)
            && services.get(0, SpecialPurpose.behindNat64(low), port) != null);
  }
}
