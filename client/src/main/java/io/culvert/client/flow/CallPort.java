package io.culvert.client.flow;

import io.culvert.client.net.Alarm;
import io.culvert.client.net.ClientLoop;
import io.culvert.client.net.DatagramSockets;
import io.culvert.client.net.PunchPort;
import io.culvert.client.net.PunchSockets;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.transport.MonotonicTime;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.util.concurrent.Future;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The port of one call, of UDP and of TCP: opens it, learns where the world sees it, and keeps that
 * so. Confined to the event loop.
 */
final class CallPort {
  /** A NAT forgets an idle mapping after 30 s at the earliest. */
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);

  /** Where the port is, as far as that could be learnt. */
  record Location(
      Optional<InetSocketAddress> local,
      Optional<InetSocketAddress> publicUdp,
      Optional<InetSocketAddress> publicTcp) {}

  /** Who is told what happens. */
  interface Observer extends CallSocket.Receiver {
    /** Called once. */
    void located(Location location);

    /** There is no port. */
    void failed(Throwable why);
  }

  private final ClientLoop loop;
  private final PunchSockets sockets;
  private final Consumer<Channel> accepted;
  private final Observer observer;
  private final RandomGenerator random = new SecureRandom();
  private final InstantSource time = new MonotonicTime();
  private final CallSocket socket = new CallSocket(new Incoming());
  private final TcpMapping tcpMapping;
  private final Alarm alarm;
  private @Nullable PunchPort port;
  private @Nullable AddressProbe probe;
  private @Nullable Future<?> keepAlive;
  private Instant patienceEnds = Instant.MAX;
  private Optional<InetSocketAddress> local = Optional.empty();
  private boolean located;
  private boolean closed;

  /**
   * A port to come.
   *
   * @param accepted takes the TCP connections that are accepted on it
   */
  CallPort(ClientLoop loop, PunchSockets sockets, Consumer<Channel> accepted, Observer observer) {
    this.loop = loop;
    this.sockets = sockets;
    this.accepted = accepted;
    this.observer = observer;
    this.tcpMapping = new TcpMapping(sockets, random, this::proceed);
    this.alarm = new Alarm(loop.loop(), time, this::proceed);
  }

  /**
   * Opens it.
   *
   * @param stunServers to be asked for its public address
   * @param signalServer on the way to there it has its local address, if nobody is to be asked
   */
  void open(List<InetSocketAddress> stunServers, InetSocketAddress signalServer) {
    PunchPort.open(
        loop.loop(),
        sockets,
        socket,
        accepted,
        new PunchPort.Opened() {
          @Override
          public void opened(PunchPort fresh) {
            port = fresh;
            if (closed) {
              fresh.close();
            } else {
              locate(stunServers, signalServer);
            }
          }

          @Override
          public void failed(Throwable why) {
            if (!closed) {
              observer.failed(why);
            }
          }
        });
  }

  /** Its number, once it is open. */
  int number() {
    return port == null ? 0 : port.number();
  }

  ChannelFuture send(StunMessage message, InetSocketAddress to) {
    return socket.send(message, to);
  }

  ChannelFuture send(byte[] datagram, InetSocketAddress to) {
    return socket.send(datagram, to);
  }

  /** There is a way to the peer for datagrams, and only for those. */
  void datagramsOnly() {
    stopKeepingAlive();
    if (port != null) {
      port.stopListening();
    }
  }

  void close() {
    closed = true;
    alarm.cancel();
    stopKeepingAlive();
    if (port != null) {
      port.close();
    }
  }

  private void locate(List<InetSocketAddress> stunServers, InetSocketAddress signalServer) {
    Instant now = time.instant();
    local =
        DatagramSockets.localAddressTowards(
                stunServers.isEmpty() ? signalServer : stunServers.getFirst())
            .filter(Inet4Address.class::isInstance)
            .map(ip -> new InetSocketAddress(ip, number()));
    patienceEnds = now.plus(AddressProbe.PATIENCE);
    stunServers.forEach(server -> tcpMapping.ask(number(), server));
    probe = new AddressProbe(stunServers, now, random);
    proceed();
  }

  private void proceed() {
    if (probe == null || located || closed) {
      return;
    }
    Instant now = time.instant();
    probe.due(now).forEach(request -> socket.send(request.message(), request.to()));
    if (probe.isOver(now) && (tcpMapping.isOver() || !now.isBefore(patienceEnds))) {
      located = true;
      alarm.cancel();
      scheduleKeepAlive();
      observer.located(new Location(local, probe.address(), tcpMapping.address()));
    } else {
      alarm.set(Optional.of(probe.nextDeadline(now).orElse(patienceEnds)));
    }
  }

  private void scheduleKeepAlive() {
    keepAlive =
        loop.loop()
            .schedule(
                () -> {
                  keepAlive();
                  scheduleKeepAlive();
                },
                KEEP_ALIVE.toMillis(),
                TimeUnit.MILLISECONDS);
  }

  private void keepAlive() {
    tcpMapping.keepAlive();
    if (probe != null) {
      probe.keepAlive().ifPresent(request -> socket.send(request.message(), request.to()));
    }
  }

  private void stopKeepingAlive() {
    if (keepAlive != null) {
      keepAlive.cancel(false);
    }
    tcpMapping.close();
  }

  private final class Incoming implements CallSocket.Receiver {
    @Override
    public void stun(StunMessage message, InetSocketAddress from) {
      if (closed) {
        return;
      }
      if (probe != null && probe.heard(message, from)) {
        proceed();
      } else {
        observer.stun(message, from);
      }
    }

    @Override
    public void data(byte[] datagram, InetSocketAddress from) {
      if (!closed) {
        observer.data(datagram, from);
      }
    }
  }
}
