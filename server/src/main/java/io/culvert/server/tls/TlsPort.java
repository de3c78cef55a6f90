package io.culvert.server.tls;

import io.culvert.server.net.ConnectionGuard;
import io.culvert.server.net.Counters;
import io.culvert.server.net.Entrance;
import io.culvert.server.net.Listeners.Listener;
import io.culvert.server.net.ServerStartException;
import io.culvert.server.net.TcpService;
import io.culvert.wire.ApplicationProtocol;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.WriteBufferWaterMark;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One port of TLS that leads to all services, for those who reach no other. It reads what a
 * connection is to be for and passes it on as it is, still encrypted. One thread closes it;
 * everything else may be called by any.
 */
public final class TlsPort implements AutoCloseable {
  /** Of those who have not said yet what they want. */
  private static final int MAX_CONNECTIONS_PER_ADDRESS = 1024;

  private final Map<ApplicationProtocol, Entrance> services;
  private final Counters<TlsPortCounter> counters = new Counters<>(TlsPortCounter.class);
  private final TcpService<TlsPortCounter> service =
      new TcpService<>(
          "tls",
          MAX_CONNECTIONS_PER_ADDRESS,
          WriteBufferWaterMark.DEFAULT,
          counters,
          TlsPortCounter.OVER_LIMIT);

  private TlsPort(Map<ApplicationProtocol, Entrance> services) {
    this.services = Map.copyOf(services);
  }

  /**
   * Opens the port on all addresses.
   *
   * @param services that there are
   * @throws ServerStartException when the port cannot be had; nothing stays open then
   */
  public static TlsPort start(
      List<InetAddress> addresses, int port, Map<ApplicationProtocol, Entrance> services)
      throws ServerStartException {
    TlsPort started = new TlsPort(services);
    try {
      started.service.listen("tls", addresses, port, "tls.port", started::connected);
      return started;
    } catch (ServerStartException e) {
      started.close();
      throw e;
    }
  }

  private void connected(ChannelPipeline pipeline) {
    ConnectionGuard<TlsPortCounter> guard =
        new ConnectionGuard<>(counters, TlsPortCounter.MALFORMED, TlsPortCounter.TIMED_OUT);
    pipeline.addLast(new ClientHelloHandler(this::way, guard), guard);
  }

  private Optional<Entrance> way(ClientHello hello) {
    return wanted(hello)
        .map(services::get)
        .map(to ->
            (channel, first) -> {
              counters.count(TlsPortCounter.PASSED_ON);
              service.pass(channel, first, to);
            });
  }

  /**
   * Who names none speaks TURN, as browsers do. Of several the choice is ours (RFC 7301 §3.2), and
   * HTTP the last: coturn's client names it before TURN.
   */
  private Optional<ApplicationProtocol> wanted(ClientHello hello) {
    if (hello.protocols().isEmpty()) {
      return Optional.of(ApplicationProtocol.TURN);
    }
    return Arrays.stream(ApplicationProtocol.values())
        .filter(known -> hello.protocols().contains(known.id()))
        .filter(services::containsKey)
        .findFirst();
  }

  /** What is open. */
  public List<Listener> listeners() {
    return service.listeners();
  }

  /** Its number. */
  public int port() {
    return listeners().getFirst().address().getPort();
  }

  /** What has been counted since the start. */
  public Map<TlsPortCounter, Long> counters() {
    return counters.snapshot();
  }

  /** Closes the port, and the connections that belong to no service yet. */
  @Override
  public void close() {
    service.close();
  }
}
