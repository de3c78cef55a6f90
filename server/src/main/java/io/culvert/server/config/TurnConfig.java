package io.culvert.server.config;

import io.culvert.server.turn.peer.Cidr;
import io.culvert.server.turn.peer.PeerPolicy;
import io.culvert.wire.flow.TurnUri;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * STUN and TURN. Port 0 is any free port.
 *
 * @param port UDP and TCP
 * @param tlsPort TLS over TCP, DTLS over UDP
 * @param uris where else clients reach it
 * @param realm of long-term credentials; 1 to 127 characters
 * @param secrets of time-limited credentials, the newest first; without any there are only those
 *     that this server hands out itself
 * @param rfc5766Channels whether old clients may have the channel numbers 0x5000 to 0x7FFE, too
 * @param mobility whether a client may take its allocation along to another address (RFC 8016)
 * @param alternateServer where clients are sent instead (RFC 8489 section 10)
 * @param drainTimeout how long a server that stops waits for its allocations
 * @param threads event loops; 0 is one a core
 */
public record TurnConfig(
    boolean enabled,
    int port,
    int tlsPort,
    List<TurnUri> uris,
    String realm,
    PortRange relayPorts,
    Peers peers,
    List<Secret> secrets,
    Limits limits,
    boolean rfc5766Channels,
    boolean mobility,
    Optional<InetSocketAddress> alternateServer,
    Duration drainTimeout,
    int threads) {

  /**
   * Which peers data may be relayed to, beside those of which anybody may.
   *
   * @param allow prefixes that are let through though they are special
   * @param deny prefixes that are not let through in any case
   * @param allowLoopback whether this machine itself can be a peer
   */
  public record Peers(List<Cidr> allow, List<Cidr> deny, boolean allowLoopback) {

    static Peers of(Given given) throws ConfigException {
      Peers peers =
          new Peers(
              given.get(Settings.TURN_ALLOW_PEERS),
              given.get(Settings.TURN_DENY_PEERS),
              given.get(Settings.TURN_ALLOW_LOOPBACK_PEERS));
      try {
        PeerPolicy.of(peers.allow, peers.deny, peers.allowLoopback, List.of(), List.of());
        return peers;
      } catch (IllegalArgumentException e) {
        throw given.fault(Settings.TURN_DENY_PEERS, "does not fit: " + e.getMessage());
      }
    }
  }

  /**
   * What one user, and all together, may have at a time.
   *
   * @param maxLifetime of an allocation until it must be refreshed
   * @param maxBandwidthPerUser bytes a second, both directions together; nothing is no limit
   * @param maxBandwidth the same for all users together
   */
  public record Limits(
      Duration maxLifetime,
      int maxAllocationsPerUser,
      int maxAllocations,
      OptionalLong maxBandwidthPerUser,
      OptionalLong maxBandwidth) {}

  static TurnConfig of(Given given) throws ConfigException {
    int port = given.get(Settings.TURN_PORT);
    if (port != 0 && port == given.get(Settings.TURN_TLS_PORT)) {
      throw given.fault(Settings.TURN_TLS_PORT, "must not be the same as turn.port.");
    }
    return new TurnConfig(
        given.get(Settings.TURN_ENABLED),
        port,
        given.get(Settings.TURN_TLS_PORT),
        given.get(Settings.TURN_URIS),
        given.get(Settings.TURN_REALM),
        given.get(Settings.TURN_RELAY_PORTS),
        Peers.of(given),
        given.get(Settings.TURN_SECRETS),
        new Limits(
            given.get(Settings.TURN_MAX_LIFETIME),
            given.get(Settings.TURN_MAX_ALLOCATIONS_PER_USER),
            given.get(Settings.TURN_MAX_ALLOCATIONS),
            given.get(Settings.TURN_MAX_BANDWIDTH_PER_USER),
            given.get(Settings.TURN_MAX_BANDWIDTH)),
        given.get(Settings.TURN_RFC5766_CHANNELS),
        given.get(Settings.TURN_MOBILITY),
        given.get(Settings.TURN_ALTERNATE_SERVER),
        given.get(Settings.TURN_DRAIN_TIMEOUT),
        given.get(Settings.TURN_THREADS));
  }
}
