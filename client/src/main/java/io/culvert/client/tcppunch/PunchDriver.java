package io.culvert.client.tcppunch;

import io.culvert.traversal.Path;
import io.culvert.traversal.tcp.PunchFailure;
import io.culvert.traversal.tcp.TcpPunch;
import io.culvert.traversal.tcp.TcpPunch.Action;
import io.culvert.traversal.tcp.TcpPunch.DialError;
import io.culvert.traversal.tcp.TcpPunch.Event;
import io.culvert.traversal.tcp.TcpPunch.Role;
import io.culvert.wire.tcppunch.TcpPunchMessage.Ack;
import io.culvert.wire.tcppunch.TcpPunchMessage.Introduction;
import io.culvert.wire.transport.MonotonicTime;
import io.culvert.wire.transport.SocketError;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Gives a sans-IO punch its sockets and its time: performs its actions, tells it what comes of
 * them. Confined to the client's event loop.
 */
final class PunchDriver {
  /** Who is told how it ended; exactly one of the two is called, once, unless it is stopped. */
  interface Outcome {
    /** The agreed channel, on which nothing else reads any more; all others are closed. */
    void succeeded(Channel channel, Path path);

    /** Everything is closed. */
    void failed(PunchFailure failure);
  }

  /** Four can come of a punch; the others are strangers, of whom there may be any number. */
  private static final int MAX_LINKS = 16;

  private final EventLoop loop;
  private final PunchSockets sockets;
  private final InstantSource time = new MonotonicTime();
  private final String self;
  private final Outcome outcome;
  private final Map<Path, ChannelFuture> dials = new EnumMap<>(Path.class);
  private final Map<Integer, Channel> links = new HashMap<>();
  private int lastLink;
  private int port;
  private @Nullable TcpPunch punch;
  private @Nullable Future<?> timer;
  private boolean over;

  PunchDriver(EventLoop loop, PunchSockets sockets, String self, Outcome outcome) {
    this.loop = loop;
    this.sockets = sockets;
    this.self = self;
    this.outcome = outcome;
  }

  /** Somebody has connected to the port; that may happen before the punch starts. */
  void accepted(Channel channel) {
    if (over || links.size() >= MAX_LINKS) {
      channel.close();
      return;
    }
    channel.config().setAutoRead(punch != null);
    int link = addLink(channel);
    tell(new Event.Accepted(link, (InetSocketAddress) channel.remoteAddress()));
  }

  /** Both addresses of the peer are known. */
  void start(Role role, int port, Introduction peer) {
    this.port = port;
    punch = new TcpPunch(role, peer.peerId(), peer.local(), peer.observed(), time.instant());
    tell(new Event.DeadlineReached());
    Map.copyOf(links)
        .forEach((link, channel) -> {
          tell(new Event.Accepted(link, (InetSocketAddress) channel.remoteAddress()));
          channel.config().setAutoRead(true);
        });
  }

  /** Closes everything without an outcome. */
  void stop() {
    over = true;
    if (timer != null) {
      timer.cancel(false);
    }
    dials.values().forEach(dial -> dial.channel().close());
    dials.clear();
    links.values().forEach(Channel::close);
    links.clear();
  }

  void ackReceived(int link, String clientId) {
    tell(new Event.AckReceived(link, clientId));
  }

  void linkLost(int link) {
    Channel channel = links.remove(link);
    if (channel != null) {
      channel.close();
      tell(new Event.LinkLost(link));
    }
  }

  private void tell(Event event) {
    if (over || punch == null) {
      return;
    }
    punch.on(event, time.instant()).forEach(this::perform);
    if (timer != null) {
      timer.cancel(false);
    }
    punch
        .nextDeadline()
        .ifPresent(at ->
            timer =
                loop.schedule(
                    () -> tell(new Event.DeadlineReached()),
                    Math.max(0, Duration.between(time.instant(), at).toNanos()),
                    TimeUnit.NANOSECONDS));
  }

  private void perform(Action action) {
    switch (action) {
      case Action.Dial(Path path, InetSocketAddress to) -> dial(path, to);
      case Action.AbandonDial(Path path) -> {
        ChannelFuture dial = dials.remove(path);
        if (dial != null) {
          dial.channel().close();
        }
      }
      case Action.SendAck(int link) -> {
        Channel channel = links.get(link);
        if (channel != null) {
          channel.writeAndFlush(new Ack(self));
        }
      }
      case Action.CloseLink(int link) -> {
        Channel channel = links.remove(link);
        if (channel != null) {
          channel.close();
        }
      }
      case Action.Succeeded(int link, Path path) -> {
        Channel channel = links.remove(link);
        stop();
        if (channel != null) {
          channel.pipeline().remove(PunchLinkHandler.class);
          outcome.succeeded(channel, path);
        }
      }
      case Action.Failed(PunchFailure failure) -> {
        stop();
        outcome.failed(failure);
      }
    }
  }

  private void dial(Path path, InetSocketAddress to) {
    ChannelFuture dial = sockets.dial(port, to);
    if (PunchSockets.noneOpened(dial)) {
      loop.execute(() -> tell(new Event.DialFailed(path, DialError.UNREACHABLE)));
      return;
    }
    dials.put(path, dial);
    dial.addListener((ChannelFuture done) -> {
      // An abandoned dial is no longer in the map; its socket is closed already.
      if (!dials.remove(path, done)) {
        done.channel().close();
      } else if (done.isSuccess()) {
        tell(new Event.Dialed(path, addLink(done.channel())));
      } else {
        tell(new Event.DialFailed(path, dialError(done.cause())));
      }
    });
  }

  private int addLink(Channel channel) {
    int link = ++lastLink;
    links.put(link, channel);
    channel.pipeline().addLast(new PunchLinkHandler(this, link));
    return link;
  }

  private static DialError dialError(Throwable cause) {
    return switch (SocketError.of(cause)) {
      case REFUSED, RESET -> DialError.REFUSED;
      case ADDRESS_NOT_AVAILABLE -> DialError.CONNECTED_ALREADY;
      case NO_ANSWER, NO_ROUTE, ADDRESS_IN_USE, NOT_PERMITTED, TOO_MANY_FILES, OTHER ->
          DialError.UNREACHABLE;
    };
  }
}
