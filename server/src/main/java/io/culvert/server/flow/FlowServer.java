package io.culvert.server.flow;

import io.culvert.server.account.Accounts;
import io.culvert.server.account.Session;
import io.culvert.server.config.ServerConfig.FlowConfig;
import io.culvert.server.http.HttpRoute;
import io.culvert.server.net.ConnectionGuard;
import io.culvert.server.net.Counters;
import io.culvert.server.net.Entrance;
import io.culvert.server.net.Gate;
import io.culvert.server.net.Listeners.Listener;
import io.culvert.server.net.ServerStartException;
import io.culvert.server.net.TcpService;
import io.culvert.server.tls.TlsFront;
import io.culvert.wire.ApplicationProtocol;
import io.culvert.wire.flow.FlowChannelCodec;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * The {@code flow} service: a signal port and an account port. One thread closes it; everything
 * else may be called by any.
 */
public final class FlowServer implements AutoCloseable {
  /** One frame of any length, and some that are short. */
  private static final WriteBufferWaterMark UNREAD = new WriteBufferWaterMark(16 << 10, 72 << 10);

  private static final long MAX_UNFINISHED_BYTES = 16 << 20;

  private final Switchboard switchboard = new Switchboard(new SecureRandom());
  private final Counters<FlowCounter> counters = new Counters<>(FlowCounter.class);
  private final UnfinishedFrames.Budget unfinished =
      new UnfinishedFrames.Budget(MAX_UNFINISHED_BYTES);
  private final TcpService<FlowCounter> service;
  private final Logins logins;
  private final SignalHandler.Service shared;
  private final TlsFront tls;

  private FlowServer(
      FlowConfig config,
      ServerAddresses addresses,
      Optional<RelayCredentials> relayCredentials,
      TlsFront tls,
      Accounts accounts) {
    this.tls = tls;
    service =
        new TcpService<>(
            "flow", config.maxConnectionsPerIp(), UNREAD, counters, FlowCounter.OVER_LIMIT);
    logins = new Logins(accounts, addresses, relayCredentials, counters);
    shared = new SignalHandler.Service(switchboard, accounts, logins, addresses, counters);
    accounts.onRevoked(this::revoke);
  }

  /**
   * Opens both ports on all addresses.
   *
   * @param publicIp what clients are handed as this server's address; when absent, the one at which
   *     they have reached it
   * @param relay where peers find STUN and TURN, if they do
   * @param tls decrypts what clients send encrypted, on both ports
   * @param accounts who may log in; stays open when this is closed
   * @throws ServerStartException when a port cannot be had; none stays open then
   */
  public static FlowServer start(
      List<InetAddress> addresses,
      FlowConfig config,
      Optional<InetAddress> publicIp,
      Optional<RelayServer> relay,
      TlsFront tls,
      Accounts accounts)
      throws ServerStartException {
    OptionalInt stunPort = relay.stream().mapToInt(RelayServer::port).findAny();
    FlowServer server =
        new FlowServer(
            config,
            new ServerAddresses(publicIp, stunPort),
            relay.map(RelayServer::credentials),
            tls,
            accounts);
    try {
      server.service.listen(
          "flow signal", addresses, config.signalPort(), "signal.port", server.signals());
      int signalPort = server.signalAddress().getPort();
      server.service.listen(
          "flow account",
          addresses,
          config.accountPort(),
          "account.port",
          server.pipeline((gate, guard) ->
              new AccountHandler(server.logins, signalPort, server.counters, gate, guard)));
      return server;
    } catch (ServerStartException e) {
      server.close();
      throw e;
    }
  }

  /** What is open: first the signal port's sockets, then those of the account port. */
  public List<Listener> listeners() {
    return service.listeners();
  }

  /** Where clients are online, on the first of the addresses. */
  public InetSocketAddress signalAddress() {
    return service.listeners().getFirst().address();
  }

  /** Where clients log in, on the last of the addresses. */
  public InetSocketAddress accountAddress() {
    return service.listeners().getLast().address();
  }

  /** {@code POST /login}: the same as on the account port. */
  public HttpRoute loginRoute() {
    int signalPort = signalAddress().getPort();
    return new LoginRoute(logins, question -> signalPort).route();
  }

  /** The same at a port that leads to {@link #entrance} as well: who logs in there stays there. */
  public HttpRoute loginRouteAtEntrance() {
    return new LoginRoute(logins, question -> question.reachedAt().getPort()).route();
  }

  /** For clients over TLS that come to another port: they can log in and be online there. */
  public Entrance entrance() {
    return service.entrance(signals());
  }

  /** How many clients are online. */
  public int online() {
    return switchboard.online();
  }

  /** What has been counted since the start. */
  public Map<FlowCounter, Long> counters() {
    return counters.snapshot();
  }

  /** Closes every connection and returns when that is done. */
  @Override
  public void close() {
    service.close();
  }

  private void revoke(Session session) {
    if (!service.eventLoop().isShuttingDown()) {
      service
          .eventLoop()
          .execute(() ->
              switchboard.revoke(
                  session.account(),
                  session.token(),
                  "this token is not good any more: log in again"));
    }
  }

  private Consumer<ChannelPipeline> signals() {
    return pipeline((gate, guard) -> new SignalHandler(shared, gate, guard));
  }

  private Consumer<ChannelPipeline> pipeline(
      BiFunction<Gate, ConnectionGuard<FlowCounter>, ChannelHandler> logic) {
    return pipeline -> {
      FlowChannelCodec codec = FlowChannelCodec.server();
      Gate gate = new Gate();
      ConnectionGuard<FlowCounter> guard =
          new ConnectionGuard<>(counters, FlowCounter.MALFORMED, FlowCounter.TIMED_OUT);
      pipeline.addLast(
          tls.handler(ApplicationProtocol.FLOW),
          codec,
          new UnfinishedFrames(codec, unfinished, guard),
          gate,
          logic.apply(gate, guard),
          guard);
    };
  }
}
