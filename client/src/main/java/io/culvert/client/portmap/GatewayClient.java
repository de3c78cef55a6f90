package io.culvert.client.portmap;

import io.culvert.client.net.Alarm;
import io.culvert.client.net.ClientLoop;
import io.culvert.client.net.DatagramSockets;
import io.culvert.client.net.PunchSockets;
import io.culvert.traversal.portmap.Finding;
import io.culvert.traversal.portmap.Gateway;
import io.culvert.traversal.portmap.PortMapping;
import io.culvert.traversal.portmap.PortMapping.Action;
import io.culvert.traversal.portmap.PortMapping.Event;
import io.culvert.wire.portmap.PortProtocol;
import io.culvert.wire.portmap.PortmapCodec;
import io.culvert.wire.portmap.PortmapMessage;
import io.culvert.wire.transport.MonotonicTime;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives the logic of one router's port mapping its sockets and its time. Confined to the loop. */
final class GatewayClient {
  private static final Logger log = LoggerFactory.getLogger(GatewayClient.class);

  private final ClientLoop loop;
  private final Gateway gateway;
  private final PortMapper.Observer observer;
  private final Consumer<GatewayClient> whenEnded;
  private final InstantSource time = new MonotonicTime();
  private final Alarm alarm;
  private final PortMapping mapping;
  private final Upnp upnp;
  private @Nullable Channel socket;
  private @Nullable Channel announcements;
  private volatile List<Finding> findings;
  private boolean begun;
  private boolean left;
  private boolean ended;

  GatewayClient(
      ClientLoop loop,
      Gateway gateway,
      int port,
      Set<PortProtocol> protocols,
      PortMapper.Observer observer,
      Consumer<GatewayClient> whenEnded) {
    this.loop = loop;
    this.gateway = gateway;
    this.observer = observer;
    this.whenEnded = whenEnded;
    this.alarm = new Alarm(loop.loop(), time, () -> tell(new Event.DeadlineReached()));
    this.mapping = new PortMapping(gateway, port, protocols, new SecureRandom(), time.instant());
    this.findings = mapping.findings();
    this.upnp = new Upnp(gateway, port, event -> loop.execute(() -> tell(event)));
  }

  Gateway gateway() {
    return gateway;
  }

  /**
   * Opens the sockets and asks.
   *
   * @param seen from where we are seen when that has worked
   */
  void begin(Supplier<Set<InetAddress>> seen) {
    whenDone(
        DatagramSockets.connect(
            loop.loop(),
            new InetSocketAddress(gateway.client(), 0),
            new InetSocketAddress(gateway.address(), PortmapMessage.SERVER_PORT),
            new GatewaySocket(new Answers())),
        channel -> {
          socket = channel.orElse(null);
          begun = true;
          tell(new Event.Seen(seen.get()));
          if (channel.isEmpty()) {
            tell(new Event.Unreachable()); // and UPnP remains
          }
        });
    whenDone(
        DatagramSockets.listenToAllHosts(
            loop.loop(),
            gateway.client(),
            PortmapMessage.CLIENT_PORT,
            new GatewaySocket(new Answers())),
        channel -> announcements = channel.orElse(null));
  }

  void close() {
    left = true;
    if (begun) {
      tell(new Event.Close());
    } else if (!ended) {
      end();
    }
  }

  /** Whether it has been closed, and will have ended when the router knows. */
  boolean isLeft() {
    return left;
  }

  /** As they stand after the last event; any thread may ask. */
  List<Finding> findings() {
    return findings;
  }

  /** Until the socket is open nothing can have happened that matters. */
  void tell(Event event) {
    if (ended || !begun) {
      return;
    }
    mapping.on(event, time.instant()).forEach(this::act);
    findings = mapping.findings();
    alarm.set(mapping.nextDeadline());
  }

  private void act(Action action) {
    switch (action) {
      case Action.Send(PortmapMessage message) -> send(message);
      case Action.FindUpnp() -> upnp.find();
      case Action.MapByUpnp(var protocol, var port, var lifetime) ->
          upnp.map(protocol, port, lifetime);
      case Action.UnmapByUpnp(var protocol, var port) -> upnp.unmap(protocol, port);
      case Action.Opened(var opened) -> observer.opened(opened);
      case Action.Closed(var closed) -> observer.closed(closed);
      case Action.Rebooted() -> observer.rebooted();
      case Action.Ended() -> end();
    }
  }

  /** What cannot be sent is sent again, like everything that is not answered. */
  private void send(PortmapMessage message) {
    if (socket != null) {
      ByteBuf out = Unpooled.buffer();
      PortmapCodec.encode(message, out);
      socket.writeAndFlush(out);
    }
  }

  private void end() {
    ended = true;
    alarm.cancel();
    upnp.close();
    close(socket);
    close(announcements);
    whenEnded.accept(this);
  }

  private void whenDone(ChannelFuture opening, Consumer<Optional<Channel>> then) {
    if (PunchSockets.noneOpened(opening)) {
      loop.execute(() -> done(opening, then));
    } else {
      opening.addListener((ChannelFuture done) -> done(done, then));
    }
  }

  private void done(ChannelFuture opening, Consumer<Optional<Channel>> then) {
    if (ended) {
      close(opening.channel());
    } else if (opening.isSuccess()) {
      then.accept(Optional.of(opening.channel()));
    } else {
      log.debug("No socket to talk to the router {}", gateway.address(), opening.cause());
      then.accept(Optional.empty());
    }
  }

  private static void close(@Nullable Channel channel) {
    if (channel != null && channel.isRegistered()) {
      channel.close();
    }
  }

  private final class Answers implements GatewaySocket.Receiver {
    @Override
    public void heard(PortmapMessage message, InetSocketAddress from) {
      tell(new Event.Heard(message, from));
    }

    @Override
    public void unreachable() {
      tell(new Event.Unreachable());
    }
  }
}
