package io.culvert.server.turn;

import io.culvert.server.net.Counters;
import io.culvert.server.turn.pool.Bandwidth;
import io.culvert.server.turn.pool.OpenPorts;
import io.culvert.server.turn.pool.PortPool;
import io.culvert.server.turn.pool.Quotas;
import io.culvert.server.turn.pool.Reservations;
import io.culvert.server.turn.tcp.UnboundConnections;
import io.culvert.wire.transport.udp.Endpoint;
import java.security.SecureRandom;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What all loops share. Thread-safe; asked for each packet is only what takes no lock.
 *
 * @see TurnSettings
 */
final class Resources {
  private final SecureRandom random = new SecureRandom();
  private final Counters<TurnCounter> counters = new Counters<>(TurnCounter.class);
  private final List<RelayAddress> relayAddresses;
  private final Quotas quotas;
  private final Reservations reservations;
  private final Bandwidth bandwidth;
  private final UnboundConnections unbound = new UnboundConnections();
  private final Tickets tickets = new Tickets();
  private volatile TurnSettings settings;
  private volatile boolean draining;

  /**
   * Relays are opened at these addresses.
   *
   * @param relayAddresses at most one of each family
   * @param bandwidth what all users may relay together
   */
  Resources(
      List<RelayAddress> relayAddresses,
      Quotas quotas,
      Bandwidth bandwidth,
      TurnSettings settings) {
    this.relayAddresses = List.copyOf(relayAddresses);
    this.quotas = quotas;
    this.reservations = new Reservations(quotas);
    this.bandwidth = bandwidth;
    this.settings = settings;
  }

  List<RelayAddress> relayAddresses() {
    return relayAddresses;
  }

  Counters<TurnCounter> counters() {
    return counters;
  }

  Quotas quotas() {
    return quotas;
  }

  Reservations reservations() {
    return reservations;
  }

  /** Connections of peers that wait for one of a client. */
  UnboundConnections unbound() {
    return unbound;
  }

  Bandwidth bandwidth() {
    return bandwidth;
  }

  Tickets tickets() {
    return tickets;
  }

  TurnSettings settings() {
    return settings;
  }

  void settings(TurnSettings others) {
    settings = others;
  }

  /** Whether nothing new is allocated any more. */
  boolean isDraining() {
    return draining;
  }

  void drain() {
    draining = true;
  }

  /** A number that nobody can guess. */
  long randomLong() {
    return random.nextLong();
  }

  /** Where relays of that family are opened; null when there are none. */
  @Nullable RelayAddress relayAddress(boolean ipv4) {
    for (RelayAddress address : relayAddresses) {
      if (address.isIpv4() == ipv4) {
        return address;
      }
    }
    return null;
  }

  /** The address that these are the ports of. */
  RelayAddress home(PortPool pool) {
    for (RelayAddress address : relayAddresses) {
      if (address.ports() == pool) {
        return address;
      }
    }
    throw new IllegalArgumentException("a pool of no address");
  }

  /**
   * Whether that endpoint may be a peer over UDP at this moment.
   *
   * @param ipv4 whether it stood in an attribute, or comes from a socket, of IPv4
   */
  boolean allowsOverUdp(Endpoint peer, boolean ipv4) {
    return allows(peer, ipv4, RelayAddress::udp);
  }

  /** The same over TCP. */
  boolean allowsOverTcp(Endpoint peer, boolean ipv4) {
    return allows(peer, ipv4, RelayAddress::tcp);
  }

  private boolean allows(
      Endpoint peer, boolean ipv4, Function<RelayAddress, OpenPorts> overProtocol) {
    return settings.peers().allows(peer, ipv4, isRelayed(peer, overProtocol));
  }

  private boolean isRelayed(Endpoint peer, Function<RelayAddress, OpenPorts> overProtocol) {
    for (RelayAddress address : relayAddresses) {
      if (address.isAdvertised(peer.high(), peer.low())) {
        return overProtocol.apply(address).contains(peer.port());
      }
    }
    return false;
  }
}
