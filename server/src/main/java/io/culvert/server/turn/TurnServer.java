package io.culvert.server.turn;

import io.culvert.server.config.Secret;
import io.culvert.server.config.TurnConfig;
import io.culvert.server.net.Entrance;
import io.culvert.server.net.Listeners.Listener;
import io.culvert.server.net.ServerStartException;
import io.culvert.server.tls.ServerCertificate;
import io.culvert.server.tls.TlsFront;
import io.culvert.server.tls.dtls.DtlsCounter;
import io.culvert.server.turn.Traffic.Figure;
import io.culvert.server.turn.auth.Authenticator;
import io.culvert.server.turn.auth.ChallengeLimit;
import io.culvert.server.turn.auth.Credentials;
import io.culvert.server.turn.peer.PeerPolicy;
import io.culvert.server.turn.pool.Bandwidth;
import io.culvert.server.turn.pool.Quotas;
import io.culvert.wire.transport.udp.Endpoint;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import javax.crypto.SecretKey;

/**
 * The STUN and TURN service, on two ports of UDP and TCP. One thread starts, changes and closes it;
 * everything else may be called by any.
 */
public final class TurnServer implements AutoCloseable {
  /** Where any port will do. */
  private static final int ATTEMPTS = 5;

  /** What the clients behind one address need when they all come at once, say after a restart. */
  private static final int CHALLENGES_PER_SECOND = 100;

  /** What a nonce that somebody has overheard is good for, with the key and from that address. */
  private static final Duration NONCE_LIFE = Duration.ofHours(1);

  /** How long an address that the machine has got may be taken for somebody else's. */
  private static final Duration LOOK_EVERY = Duration.ofSeconds(10);

  private static final String PORT_SETTING = "turn.port";
  private static final String TLS_PORT_SETTING = "turn.tls-port";
  private static final List<InetAddress> LOOPBACK =
      List.of(InetAddress.ofLiteral("127.0.0.1"), InetAddress.ofLiteral("::1"));

  private final Resources resources;
  private final Credentials credentials;
  private final Encryption encryption;
  private final TurnListeners listeners;
  private final AddressLookout lookout;

  // Guarded by this: the lookout applies them again.
  private TurnConfig config;
  private List<Endpoint> services = List.of();

  private int port;
  private int tlsPort;

  private TurnServer(
      Resources resources, Credentials credentials, Encryption encryption, TurnConfig config) {
    this.resources = resources;
    this.credentials = credentials;
    this.encryption = encryption;
    this.config = config;
    int threads =
        config.threads() == 0 ? Runtime.getRuntime().availableProcessors() : config.threads();
    listeners =
        new TurnListeners(threads, resources, encryption, authentications(credentials, resources));
    lookout =
        new AddressLookout(
            () -> OwnAddresses.of(resources.relayAddresses()), () -> protect(List.of()));
  }

  /**
   * Opens the two ports on all addresses; both take clients that are encrypted and such that are
   * not.
   *
   * @param publicIp what the world calls the address of its family that relays are opened at
   * @param credentials of whom relays may be used by; the configuration's secrets are added
   * @param tls what clients over TCP are met with who want to be encrypted
   * @param certificate what is shown to those over UDP
   * @throws ServerStartException when the port cannot be had, or the configuration makes no sense;
   *     nothing stays open then
   */
  public static TurnServer start(
      List<InetAddress> addresses,
      Optional<InetAddress> publicIp,
      TurnConfig config,
      Credentials credentials,
      TlsFront tls,
      ServerCertificate certificate)
      throws ServerStartException {
    requireUse(addresses, publicIp);
    for (int attempt = 1; ; attempt++) {
      try {
        return startOnce(addresses, publicIp, config, credentials, tls, certificate);
      } catch (ServerStartException e) {
        if (attempt == ATTEMPTS || !isByChance(e, config)) {
          throw e;
        }
      }
    }
  }

  /** Any port will do, and of the one that TCP got, somebody has UDP. */
  private static boolean isByChance(ServerStartException e, TurnConfig config) {
    return e.getCause() instanceof BindException && (config.port() == 0 || config.tlsPort() == 0);
  }

  private static TurnServer startOnce(
      List<InetAddress> addresses,
      Optional<InetAddress> publicIp,
      TurnConfig config,
      Credentials credentials,
      TlsFront tls,
      ServerCertificate certificate)
      throws ServerStartException {
    List<RelayAddress> relayAddresses = RelayAddresses.of(addresses, publicIp, config.relayPorts());
    TurnConfig.Limits limits = config.limits();
    Resources resources =
        new Resources(
            relayAddresses,
            new Quotas(quotas(limits)),
            new Bandwidth(limits.maxBandwidth().orElse(0), System.nanoTime()),
            settings(config, relayAddresses, List.of()));
    TurnServer server =
        new TurnServer(resources, credentials, new Encryption(tls, certificate), config);
    try {
      server.open(addresses);
      return server;
    } catch (ServerStartException e) {
      server.close();
      throw e;
    }
  }

  private static void requireUse(List<InetAddress> addresses, Optional<InetAddress> publicIp)
      throws ServerStartException {
    if (publicIp.isEmpty()) {
      return;
    }
    InetAddress ip = publicIp.get();
    if (ip.isAnyLocalAddress()) {
      throw new ServerStartException(
          "public-ip: nobody can call %s. Give the address that this machine is known by."
              .formatted(ip.getHostAddress()),
          null);
    }
    boolean ipv6 = ip instanceof Inet6Address;
    if (addresses.stream().noneMatch(address -> address instanceof Inet6Address == ipv6)) {
      throw new ServerStartException(
          "public-ip: %s is of %s, but the server listens at none of its addresses. Set listen."
              .formatted(ip.getHostAddress(), ipv6 ? "IPv6" : "IPv4"),
          null);
    }
  }

  private void open(List<InetAddress> addresses) throws ServerStartException {
    port = listeners.open(addresses, "turn", config.port(), PORT_SETTING);
    tlsPort = listeners.open(addresses, "turn tls", config.tlsPort(), TLS_PORT_SETTING);
    if (isForDiscovery(addresses)) {
      listeners.discover();
    }
    protect(listeners.all());
    listeners.loops().forEach(RelayLoop::start);
    lookout.start(LOOK_EVERY);
  }

  /**
   * Two addresses of one family, and no wildcard, which answers from wherever the system likes. The
   * second port that RFC 5780 wants is that of TLS, which takes what is not encrypted, too.
   */
  private static boolean isForDiscovery(List<InetAddress> addresses) {
    return addresses.size() == 2
        && !addresses.get(0).equals(addresses.get(1))
        && addresses.stream().noneMatch(InetAddress::isAnyLocalAddress)
        && addresses.get(0) instanceof Inet6Address == addresses.get(1) instanceof Inet6Address;
  }

  private static Supplier<Authentication> authentications(
      Credentials credentials, Resources resources) {
    SecretKey nonceKey = Authenticator.newNonceKey();
    ChallengeLimit limit = new ChallengeLimit(CHALLENGES_PER_SECOND);
    return () ->
        new LongTermAuthentication(
            new Authenticator(credentials, nonceKey, NONCE_LIFE, InstantSource.system()),
            limit,
            resources.unbound(),
            resources.counters());
  }

  private static Quotas.Limits quotas(TurnConfig.Limits limits) {
    return new Quotas.Limits(
        limits.maxAllocationsPerUser(),
        limits.maxAllocations(),
        limits.maxBandwidthPerUser().orElse(0));
  }

  private static TurnSettings settings(
      TurnConfig config, List<RelayAddress> own, Collection<Endpoint> services)
      throws ServerStartException {
    try {
      PeerPolicy peers =
          PeerPolicy.of(
              config.peers().allow(),
              config.peers().deny(),
              config.peers().allowLoopback(),
              OwnAddresses.of(own),
              services);
      return new TurnSettings(
          peers,
          config.limits().maxLifetime().toSeconds(),
          config.rfc5766Channels(),
          config.mobility(),
          config.limits().maxBandwidthPerUser().isPresent()
              || config.limits().maxBandwidth().isPresent(),
          config.alternateServer());
    } catch (IllegalArgumentException e) {
      throw new ServerStartException("turn: " + e.getMessage(), e);
    }
  }

  /** What is open: first the sockets of TCP, then those of UDP. */
  public List<Listener> listeners() {
    return listeners.all();
  }

  /** For clients over TLS that come to another port. */
  public Entrance entrance() {
    return listeners.entrance();
  }

  /** The port of UDP and TCP that is not the one of TLS. */
  public int port() {
    return port;
  }

  /** The port of TLS. */
  public int tlsPort() {
    return tlsPort;
  }

  /** What has been counted since the start. */
  public Map<TurnCounter, Long> counters() {
    return resources.counters().snapshot();
  }

  /** What has been counted of DTLS since the start. */
  public Map<DtlsCounter, Long> dtlsCounters() {
    return encryption.counters().snapshot();
  }

  /** What has been relayed since the start, and what has not. */
  public Map<Figure, Long> traffic() {
    Map<Figure, Long> sums = new EnumMap<>(Figure.class);
    for (Figure figure : Figure.values()) {
      sums.put(
          figure, listeners.loops().stream().mapToLong(loop -> loop.traffic().sum(figure)).sum());
    }
    return sums;
  }

  /** How many allocations there are. */
  public int allocations() {
    return listeners.loops().stream().mapToInt(RelayLoop::allocations).sum();
  }

  /**
   * Allocates nothing new any more (508); what there is lives on.
   *
   * @return completes when nothing is left, within a second
   */
  public CompletableFuture<Void> drain() {
    resources.drain();
    return CompletableFuture.allOf(
        listeners.loops().stream().map(RelayLoop::drained).toArray(CompletableFuture<?>[]::new));
  }

  /**
   * Takes another policy, other limits and other secrets from now on. Ports, addresses, realm and
   * threads stay what they were; so does what has been allocated and permitted already.
   *
   * @throws ServerStartException when it makes no sense; nothing changes then
   */
  public synchronized void reconfigure(TurnConfig config) throws ServerStartException {
    apply(config, services);
  }

  /**
   * Keeps peers from these, too: at whatever address they listen, they cannot be reached through
   * the relay.
   */
  public synchronized void protect(Collection<Listener> others) {
    List<Endpoint> all = new ArrayList<>(services);
    for (Listener other : others) {
      all.addAll(endpoints(other.address()));
    }
    try {
      apply(config, List.copyOf(all));
    } catch (ServerStartException e) {
      throw new IllegalStateException("the same configuration was right before", e);
    }
  }

  private void apply(TurnConfig newConfig, List<Endpoint> newServices) throws ServerStartException {
    resources.settings(settings(newConfig, resources.relayAddresses(), newServices));
    resources.quotas().limit(quotas(newConfig.limits()));
    resources.bandwidth().limit(newConfig.limits().maxBandwidth().orElse(0));
    credentials.secrets(newConfig.secrets().stream().map(Secret::value).toList());
    config = newConfig;
    services = newServices;
  }

  /** A listener as peers may call it: at its own address, or at each of ours. */
  private List<Endpoint> endpoints(InetSocketAddress listener) {
    List<InetAddress> names = new ArrayList<>(LOOPBACK);
    if (!listener.getAddress().isAnyLocalAddress()) {
      names.add(listener.getAddress());
    }
    resources.relayAddresses().forEach(address -> names.addAll(address.names()));
    return names.stream().map(name -> Endpoint.of(name, listener.getPort())).toList();
  }

  /** Ends everything and returns when that is done. */
  @Override
  public void close() {
    lookout.close();
    listeners.close();
  }
}
