package io.culvert.client.flow;

import io.culvert.client.net.AddressProbe;
import io.culvert.client.net.Alarm;
import io.culvert.client.net.ClientLoop;
import io.culvert.client.net.DatagramSockets;
import io.culvert.client.net.PunchPort;
import io.culvert.client.net.PunchSockets;
import io.culvert.client.net.RelayedPort;
import io.culvert.client.net.TcpMapping;
import io.culvert.client.turn.Families;
import io.culvert.traversal.udp.Route;
import io.culvert.wire.stun.StunCodec;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.transport.MonotonicTime;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.util.concurrent.Future;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The port of one call, of UDP and of TCP: opens it, learns where the world sees it and gets it an
 * address at a relay, and keeps that so. Confined to the event loop.
 */
final class CallPort {
  /** A NAT forgets an idle mapping after 30 s at the earliest. */
  private static final Duration KEEP_ALIVE = Duration.ofSeconds(15);

  /** The protocol's: so long a relay may keep us from calling, or from answering. */
  private static final Duration RELAY_PATIENCE = Duration.ofSeconds(1);

  /** Where the port is, as far as that could be learnt. */
  record Location(
      Optional<InetSocketAddress> local,
      Optional<InetSocketAddress> publicUdp,
      Optional<InetSocketAddress> publicTcp,
      Optional<InetSocketAddress> relayed) {}

  /**
   * Whom the port needs for that.
   *
   * @param stunServers to be asked for its public address
   * @param relay to be asked for another one
   * @param signalServer on the way to there it has its local address, if nobody is to be asked
   */
  record Surroundings(
      List<InetSocketAddress> stunServers,
      Optional<RelayedPort.Access> relay,
      InetSocketAddress signalServer) {}

  /** Who is told what happens. */
  interface Observer {
    /** Called once. */
    void located(Location location);

    /** The relay leads to the peer; also what is sent on that way comes from now on. */
    void relayOpened();

    /** Something of STUN has come that nobody here has asked for. */
    void stun(StunMessage message, Route from);

    /** Data have come, whoever has sent them. */
    void data(byte[] datagram, Route from);

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
  private final RelayedPort relay;
  private final TcpMapping tcpMapping;
  private final Alarm alarm;
  private @Nullable PunchPort port;
  private @Nullable AddressProbe probe;
  private @Nullable Future<?> keepAlive;
  private Instant patienceEnds = Instant.MAX;
  private Instant relayPatienceEnds = Instant.MAX;
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
    this.relay = new RelayedPort(loop.loop(), socket::send, Families.IPV4, new RelayEvents());
    this.tcpMapping = new TcpMapping(sockets, random, this::proceed);
    this.alarm = new Alarm(loop.loop(), time, this::proceed);
  }

  /** Opens it. */
  void open(Surroundings surroundings) {
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
              locate(surroundings);
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

  ChannelFuture send(StunMessage message, Route to) {
    if (!to.relayed()) {
      return socket.send(message, to.to());
    }
    ByteBuf out = Unpooled.buffer();
    StunCodec.encode(message, out);
    return relayed(ByteBufUtil.getBytes(out), to);
  }

  ChannelFuture send(byte[] datagram, Route to) {
    return to.relayed() ? relayed(datagram, to) : socket.send(datagram, to.to());
  }

  /** What cannot be sent is lost, as it may be on the way. */
  private ChannelFuture relayed(byte[] datagram, Route to) {
    relay.send(Unpooled.wrappedBuffer(datagram), 0, datagram.length, to.to());
    return socket.nothingSent();
  }

  /** The way for datagrams to and from a peer that is at one of these. */
  RelayedPort relay() {
    return relay;
  }

  /** There is a way to the peer for datagrams, and only for those. */
  void datagramsOnly() {
    stopKeepingAlive();
    if (port != null) {
      port.stopListening();
    }
  }

  void close() {
    if (closed) {
      return;
    }
    closed = true;
    alarm.cancel();
    stopKeepingAlive();
    PunchPort open = port;
    if (open != null) {
      open.stopListening();
      loop.linkOpened(); // the relay's server is to know that it is not needed any more
      relay.close(() -> {
        loop.linkClosed();
        open.close();
      });
    }
  }

  private void locate(Surroundings surroundings) {
    List<InetSocketAddress> stunServers = surroundings.stunServers();
    Instant now = time.instant();
    local =
        DatagramSockets.localAddressTowards(
                stunServers.isEmpty() ? surroundings.signalServer() : stunServers.getFirst())
            .filter(Inet4Address.class::isInstance)
            .map(ip -> new InetSocketAddress(ip, number()));
    patienceEnds = now.plus(AddressProbe.PATIENCE);
    stunServers.forEach(server -> tcpMapping.ask(number(), server));
    probe = new AddressProbe(stunServers, now, random);
    relayPatienceEnds = now.plus(RELAY_PATIENCE);
    surroundings.relay().ifPresent(relay::begin);
    proceed();
  }

  private void proceed() {
    if (probe == null || located || closed) {
      return;
    }
    Instant now = time.instant();
    probe.due(now).forEach(request -> socket.send(request.message(), request.to()));
    if (probe.isOver(now)
        && (tcpMapping.isOver() || !now.isBefore(patienceEnds))
        && (relay.isSettled() || !now.isBefore(relayPatienceEnds))) {
      located = true;
      alarm.cancel();
      scheduleKeepAlive();
      observer.located(
          new Location(
              local,
              probe.address(),
              tcpMapping.address(),
              relay.addresses().stream().filter(Candidates::isIpv4).findFirst()));
    } else {
      alarm.set(
          Stream.of(probe.nextDeadline(now).orElse(patienceEnds), relayPatienceEnds)
              .filter(now::isBefore)
              .min(Comparator.naturalOrder()));
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

  private final class RelayEvents implements RelayedPort.Observer {
    @Override
    public void settled() {
      proceed();
    }

    @Override
    public void opened(InetAddress peer) {
      if (!closed) {
        observer.relayOpened();
      }
    }

    @Override
    public void silent() {
      // It may be there still, and there would be nobody at another one.
    }

    @Override
    public void lost() {
      // The peer knows no other address of ours: what it has is all there will be.
    }

    @Override
    public void received(ByteBuf data, InetSocketAddress peer) {
      socket.read(data, Route.relayed(peer));
    }
  }

  private final class Incoming implements CallSocket.Receiver {
    @Override
    public boolean taken(ByteBuf datagram, InetSocketAddress from) {
      return relay.heard(datagram, Endpoint.of(from));
    }

    @Override
    public void stun(StunMessage message, Route from) {
      if (closed) {
        return;
      }
      if (!from.relayed() && probe != null && probe.heard(message, from.to())) {
        proceed();
      } else {
        observer.stun(message, from);
      }
    }

    @Override
    public void data(byte[] datagram, Route from) {
      if (!closed) {
        observer.data(datagram, from);
      }
    }
  }
}
