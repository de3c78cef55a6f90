package io.culvert.server;

import io.culvert.server.account.Accounts;
import io.culvert.server.config.ServerConfig;
import io.culvert.server.flow.FlowServer;
import io.culvert.server.http.HttpRoute;
import io.culvert.server.http.HttpService;
import io.culvert.server.net.Listeners.Listener;
import io.culvert.server.net.ServerStartException;
import io.culvert.server.tag.TagServer;
import io.culvert.server.tcppunch.TcpPunchServer;
import io.culvert.server.tls.ServerCertificate;
import io.culvert.server.tls.TlsFront;
import io.culvert.server.turn.TurnServer;
import io.culvert.server.turn.auth.Credentials;
import io.culvert.server.turn.auth.NoUsers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.function.Supplier;

/** All services of one server. One thread closes it; everything else may be called by any. */
public final class CulvertServer implements AutoCloseable {
  private final List<Listener> listeners = new ArrayList<>();
  private final Deque<Runnable> stops = new ArrayDeque<>();
  private final Map<String, HttpRoute> routes = new HashMap<>();
  private final Map<String, Supplier<Map<String, ?>>> health = new LinkedHashMap<>();

  private final ServerCertificate certificate;
  private final TlsFront tls;

  private CulvertServer(ServerCertificate certificate) {
    this.certificate = certificate;
    tls = new TlsFront(certificate);
    stops.push(certificate::close);
    health.put("tls", () -> named(tls.counters()));
  }

  /**
   * Starts what the configuration enables; when this returns, every listener is open.
   *
   * @throws ServerStartException when a service cannot start; nothing is left running then
   */
  public static CulvertServer start(ServerConfig config) throws ServerStartException {
    CulvertServer server = new CulvertServer(ServerCertificate.start(config.tls(), config.data()));
    try {
      OptionalInt stunPort =
          config.turn().enabled() ? OptionalInt.of(server.startTurn(config)) : OptionalInt.empty();
      if (config.flow().enabled()) {
        server.startFlow(config, stunPort);
      }
      if (config.tcppunch().enabled()) {
        server.startTcpPunch(config);
      }
      if (config.tag().enabled()) {
        server.startTag(config);
      }
      server.startHttp(config);
      return server;
    } catch (ServerStartException e) {
      server.close();
      throw e;
    }
  }

  /** Returns the port. */
  private int startTurn(ServerConfig config) throws ServerStartException {
    Credentials credentials = new Credentials(config.turn().realm(), new NoUsers());
    TurnServer turn =
        TurnServer.start(
            config.listen(), config.publicIp(), config.turn(), credentials, tls, certificate);
    started(turn::close, turn.listeners());
    health.put("dtls", () -> named(turn.dtlsCounters()));
    health.put("turn", () -> health("allocations", turn.allocations(), turn.counters()));
    return turn.port();
  }

  private void startFlow(ServerConfig config, OptionalInt stunPort) throws ServerStartException {
    Accounts accounts = Accounts.open(config.data(), config.store(), config.flow().tokenLife());
    stops.push(accounts::close);
    FlowServer flow =
        FlowServer.start(
            config.listen(), config.flow(), config.publicIp(), stunPort, tls, accounts);
    started(flow::close, flow.listeners());
    routes.put("/login", flow.loginRoute());
    health.put("flow", () -> health("online", flow.online(), flow.counters()));
  }

  private void startTcpPunch(ServerConfig config) throws ServerStartException {
    TcpPunchServer tcppunch = TcpPunchServer.start(config.listen(), config.tcppunch());
    started(tcppunch::close, tcppunch.listeners());
    health.put("tcppunch", () -> health("online", tcppunch.online(), tcppunch.counters()));
  }

  private void startTag(ServerConfig config) throws ServerStartException {
    TagServer tag = TagServer.start(config.listen(), config.tag(), config.data());
    started(tag::close, tag.listeners());
    health.put("tag", () -> health("registered", tag.registered(), tag.counters()));
  }

  private void startHttp(ServerConfig config) throws ServerStartException {
    routes.put("/health", HttpRoute.get(this::health));
    HttpService http = HttpService.start(config.http(), tls, routes);
    started(http::close, http.listeners());
  }

  private void started(Runnable stop, List<Listener> opened) {
    stops.push(stop);
    listeners.addAll(opened);
  }

  /** What listens where, in the order of starting. */
  public List<Listener> listeners() {
    return List.copyOf(listeners);
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
    all.put("status", "ok");
    health.forEach((service, its) -> all.put(service, its.get()));
    return all;
  }

  private static <C extends Enum<C>> Map<String, ?> health(
      String gauge, int value, Map<C, Long> counters) {
    Map<String, Object> health = new LinkedHashMap<>();
    health.put(gauge, value);
    health.putAll(named(counters));
    return health;
  }

  private static <C extends Enum<C>> Map<String, Long> named(Map<C, Long> counters) {
    Map<String, Long> named = new LinkedHashMap<>();
    counters.forEach((counter, count) ->
        named.put(counter.name().toLowerCase(Locale.ROOT).replace('_', '-'), count));
    return named;
  }
}
