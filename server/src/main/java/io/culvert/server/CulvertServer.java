package io.culvert.server;

import io.culvert.server.account.Accounts;
import io.culvert.server.config.ServerConfig;
import io.culvert.server.flow.FlowServer;
import io.culvert.server.flow.RelayCredentials;
import io.culvert.server.flow.RelayServer;
import io.culvert.server.http.HttpRoute;
import io.culvert.server.http.HttpService;
import io.culvert.server.metrics.Figures;
import io.culvert.server.metrics.MetricsRoute;
import io.culvert.server.metrics.ProcessFigures;
import io.culvert.server.net.Entrance;
import io.culvert.server.net.Listeners.Listener;
import io.culvert.server.net.ServerStartException;
import io.culvert.server.tag.TagServer;
import io.culvert.server.tcppunch.TcpPunchServer;
import io.culvert.server.tls.ServerCertificate;
import io.culvert.server.tls.TlsFront;
import io.culvert.server.tls.TlsPort;
import io.culvert.server.turn.TurnServer;
import io.culvert.server.turn.auth.Credentials;
import io.culvert.wire.ApplicationProtocol;
import io.culvert.wire.flow.TurnUri;
import java.net.InetAddress;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** All services of one server. One thread closes it; everything else may be called by any. */
public final class CulvertServer implements AutoCloseable {
  private final List<Listener> listeners = new ArrayList<>();
  private final Deque<Runnable> stops = new ArrayDeque<>();
  private final Map<String, HttpRoute> routes = new HashMap<>();
  private final Map<String, HttpRoute> routesAtTlsPort = new HashMap<>();
  private final Map<ApplicationProtocol, Entrance> entrances =
      new EnumMap<>(ApplicationProtocol.class);
  private final Figures figures = new Figures();

  private final ServerCertificate certificate;
  private final TlsFront tls;
  private @Nullable TurnServer turn;
  private volatile List<TurnUri> relays = List.of();
  private volatile OptionalInt tlsPort = OptionalInt.empty();
  private volatile boolean draining;

  private CulvertServer(ServerCertificate certificate) {
    this.certificate = certificate;
    tls = new TlsFront(certificate);
    stops.push(certificate::close);
    figures.service("tls").events(tls::counters);
  }

  /**
   * Starts what the configuration enables; when this returns, every listener is open.
   *
   * @throws ServerStartException when a service cannot start; nothing is left running then
   */
  public static CulvertServer start(ServerConfig config) throws ServerStartException {
    CulvertServer server = new CulvertServer(ServerCertificate.start(config.tls(), config.data()));
    try {
      if (config.turn().enabled() || config.flow().enabled()) {
        server.startWithAccounts(config);
      }
      if (config.tcppunch().enabled()) {
        server.startTcpPunch(config);
      }
      if (config.tag().enabled()) {
        server.startTag(config);
      }
      server.startHttp(config);
      server.protectServicesFromPeers();
      return server;
    } catch (ServerStartException e) {
      server.close();
      throw e;
    }
  }

  private void startWithAccounts(ServerConfig config) throws ServerStartException {
    Accounts accounts =
        Accounts.open(
            config.data(), config.store(), config.turn().realm(), config.flow().tokenLife());
    stops.push(accounts::close);
    Optional<RelayServer> relay =
        config.turn().enabled() ? Optional.of(startTurn(config, accounts)) : Optional.empty();
    if (config.flow().enabled()) {
      startFlow(config, relay, accounts);
    }
  }

  private RelayServer startTurn(ServerConfig config, Accounts accounts)
      throws ServerStartException {
    // Who takes part in a call may relay though the operator has shared no secret with anybody.
    Optional<String> ownSecret =
        Optional.of(RelayCredentials.randomSecret()).filter(secret -> config.flow().enabled());
    Credentials credentials = new Credentials(config.turn().realm(), accounts.turn(), ownSecret);
    TurnServer started =
        TurnServer.start(
            config.listen(), config.publicIp(), config.turn(), credentials, tls, certificate);
    started(started::close, started.listeners());
    figures.service("dtls").events(started::dtlsCounters);
    TurnFigures.add(started, figures);
    entrances.put(ApplicationProtocol.TURN, started.entrance());
    turn = started;
    relays = config.turn().uris();
    return new RelayServer(
        started.port(),
        new RelayCredentials(
            started.tlsPort(),
            () -> tlsPort,
            () -> relays,
            credentials::newestSecret,
            InstantSource.system()));
  }

  private void startFlow(ServerConfig config, Optional<RelayServer> relay, Accounts accounts)
      throws ServerStartException {
    FlowServer flow =
        FlowServer.start(config.listen(), config.flow(), config.publicIp(), relay, tls, accounts);
    started(flow::close, flow.listeners());
    routes.put("/login", flow.loginRoute());
    routesAtTlsPort.put("/login", flow.loginRouteAtEntrance());
    entrances.put(ApplicationProtocol.FLOW, flow.entrance());
    figures
        .service("flow")
        .gauge("online", "Accounts that are online.", flow::online)
        .events(flow::counters);
  }

  private void startTcpPunch(ServerConfig config) throws ServerStartException {
    TcpPunchServer tcppunch = TcpPunchServer.start(config.listen(), config.tcppunch());
    started(tcppunch::close, tcppunch.listeners());
    figures
        .service("tcppunch")
        .gauge("online", "Clients that are online.", tcppunch::online)
        .events(tcppunch::counters);
  }

  private void startTag(ServerConfig config) throws ServerStartException {
    TagServer tag = TagServer.start(config.listen(), config.tag(), config.data());
    started(tag::close, tag.listeners());
    figures
        .service("tag")
        .gauge("registered", "Clients that are registered.", tag::registered)
        .events(tag::counters);
  }

  /** The last one: when its port is open, all figures are there. */
  private void startHttp(ServerConfig config) throws ServerStartException {
    HttpService http = new HttpService(tls);
    stops.push(http::close);
    figures.service("http").events(http::counters);
    // What is counted is not for everybody.
    routesAtTlsPort.put("/health", HttpRoute.get(() -> Map.of("status", status())));
    entrances.put(ApplicationProtocol.HTTP, http.entrance(routesAtTlsPort));
    if (config.tlsPort().isPresent()) {
      startTlsPort(config.listen(), config.tlsPort().get());
    }
    ProcessFigures.addTo(figures);
    routes.put("/health", HttpRoute.get(this::health));
    routes.put("/metrics", MetricsRoute.of(figures, config.http()));
    http.listen(config.http(), routes);
    listeners.addAll(http.listeners());
  }

  private void startTlsPort(List<InetAddress> addresses, int port) throws ServerStartException {
    TlsPort started = TlsPort.start(addresses, port, entrances);
    started(started::close, started.listeners());
    figures.service("tls-port").events(started::counters);
    tlsPort = OptionalInt.of(started.port());
  }

  /** What runs here is not for those who come through the relay, which would be this machine. */
  private void protectServicesFromPeers() {
    if (turn != null) {
      turn.protect(listeners);
    }
  }

  private void started(Runnable stop, List<Listener> opened) {
    stops.push(stop);
    listeners.addAll(opened);
  }

  /** What listens where, in the order of starting. */
  public List<Listener> listeners() {
    return List.copyOf(listeners);
  }

  /**
   * Takes from another configuration what can change while the server runs: for TURN the policy,
   * secrets, limits, and where else it is. Everything else stays as it was.
   *
   * @throws ServerStartException when it makes no sense; nothing changes then
   */
  public void reconfigure(ServerConfig config) throws ServerStartException {
    if (turn != null) {
      turn.reconfigure(config.turn());
      relays = config.turn().uris();
    }
  }

  /** How many allocations TURN has. */
  public int allocations() {
    return turn == null ? 0 : turn.allocations();
  }

  /** Makes no new allocations; completes when there are none any more. */
  public CompletableFuture<Void> drain() {
    draining = true;
    return turn == null ? CompletableFuture.completedFuture(null) : turn.drain();
  }

  /** Stops everything, what was started last first. */
  @Override
  public void close() {
    while (!stops.isEmpty()) {
      stops.pop().run();
    }
  }

  private Map<String, ?> health() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("status", status());
    all.putAll(figures.values());
    return all;
  }

  private String status() {
    return draining ? "draining" : "ok";
  }
}
