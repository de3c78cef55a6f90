package io.culvert.server;

import io.culvert.server.config.ServerConfig;
import io.culvert.server.http.HttpService;
import io.culvert.server.net.Listeners.Listener;
import io.culvert.server.net.ServerStartException;
import io.culvert.server.stun.StunServer;
import io.culvert.server.tcppunch.TcpPunchServer;
import io.culvert.server.tls.ServerCertificate;
import io.culvert.server.tls.TlsFront;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** All services of one server. One thread closes it; everything else may be called by any. */
public final class CulvertServer implements AutoCloseable {
  private final List<Listener> listeners = new ArrayList<>();
  private final Deque<Runnable> stops = new ArrayDeque<>();
  private Optional<TcpPunchServer> tcppunch = Optional.empty();

  private Optional<StunServer> stun = Optional.empty();

  private final TlsFront tls;

  private CulvertServer(ServerCertificate certificate) {
    tls = new TlsFront(certificate);
    stops.push(certificate::close);
  }

  /**
   * Starts what the configuration enables; when this returns, every listener is open.
   *
   * @throws ServerStartException when a service cannot start; nothing is left running then
   */
  public static CulvertServer start(ServerConfig config) throws ServerStartException {
    CulvertServer server = new CulvertServer(ServerCertificate.start(config.tls(), config.data()));
    try {
      if (config.tcppunch().enabled()) {
        TcpPunchServer tcppunch = TcpPunchServer.start(config.listen(), config.tcppunch());
        server.tcppunch = Optional.of(tcppunch);
        server.stops.push(tcppunch::close);
        server.listeners.addAll(tcppunch.listeners());
      }
      if (config.turn().enabled()) {
        StunServer stun = StunServer.start(config.listen(), config.turn());
        server.stun = Optional.of(stun);
        server.stops.push(stun::close);
        server.listeners.addAll(stun.listeners());
      }
      HttpService http = HttpService.start(config.http(), server.tls, server::health);
      server.stops.push(http::close);
      server.listeners.addAll(http.listeners());
      return server;
    } catch (ServerStartException e) {
      server.close();
      throw e;
    }
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
    Map<String, Object> health = new LinkedHashMap<>();
    health.put("status", "ok");
    tcppunch.ifPresent(service -> {
      Map<String, Object> its = new LinkedHashMap<>();
      its.put("online", service.online());
      its.putAll(named(service.counters()));
      health.put("tcppunch", its);
    });
    stun.ifPresent(service -> health.put("stun", named(service.counters())));
    health.put("tls", named(tls.counters()));
    return health;
  }

  private static <E extends Enum<E>> Map<String, Long> named(Map<E, Long> counts) {
    Map<String, Long> named = new LinkedHashMap<>();
    counts.forEach((counter, count) ->
        named.put(counter.name().toLowerCase(Locale.ROOT).replace('_', '-'), count));
    return named;
  }
}
