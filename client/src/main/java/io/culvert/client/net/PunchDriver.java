package io.culvert.client.net;

import io.culvert.traversal.Path;
import io.culvert.traversal.PeerAddresses;
import io.culvert.traversal.tcp.DialError;
import io.culvert.traversal.tcp.PunchFailure;
import io.culvert.traversal.tcp.TcpPunch;
import io.culvert.traversal.tcp.TcpPunch.Action;
import io.culvert.traversal.tcp.TcpPunch.Event;
import io.culvert.traversal.tcp.TcpPunch.Role;
import io.culvert.wire.transport.MonotonicTime;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Gives a sans-IO punch its sockets and its time: performs its actions, tells it what comes of
 * them. Confined to the client's event loop.
 */
public final class PunchDriver {
  /** Who is told how it ended; exactly one of the two is called, once, unless it is stopped. */
  public interface Outcome {
    /** The connection on which both peers have agreed, to be taken over; all others are closed. */
    void succeeded(Agreed connection);

    /** Everything is closed. */
    void failed(PunchFailure failure);
  }

  private record OpenLink(Channel channel, Greeting greeting) {}

  /** Four can come of a punch; the others are strangers, of whom there may be any number. */
  private static final int MAX_LINKS = 16;

  private final EventLoop loop;
  private final PunchSockets sockets;
  private final InstantSource time = new MonotonicTime();
  private final Alarm alarm;
  private final Supplier<Greeting> greetings;
  private final Outcome outcome;
  private final Map<Path, ChannelFuture> dials = new EnumMap<>(Path.class);
  private final Map<Integer, OpenLink> links = new HashMap<>();
  private int lastLink;
  private int port;
  private String peer = "";
  private @Nullable TcpPunch punch;
  private boolean over;

  /**
   * A punch to come.
   *
   * @param greetings makes one for each link
   */
  public PunchDriver(
      EventLoop loop, PunchSockets sockets, Supplier<Greeting> greetings, Outcome outcome) {
    this.loop = loop;
    this.sockets = sockets;
    this.greetings = greetings;
    this.outcome = outcome;
    this.alarm = new Alarm(loop, time, () -> tell(new Event.DeadlineReached()));
  }

  /** Somebody has connected to the port; that may happen before the punch starts. */
  public void accepted(Channel channel) {
    if (over || links.size() >= MAX_LINKS) {
      channel.close();
      return;
    }
    channel.config().setAutoRead(punch != null);
    int link = addLink(channel);
    tell(new Event.Accepted(link, (InetSocketAddress) channel.remoteAddress()));
  }

  /** Both addresses of the peer are known. */
  public void start(Role role, int port, String peer, PeerAddresses addresses, int rounds) {
    this.port = port;
    this.peer = peer;
    punch = new TcpPunch(role, peer, addresses, rounds, time.instant());
    tell(new Event.DeadlineReached());
    Map.copyOf(links)
        .forEach((number, link) -> {
          Channel channel = link.channel();
          tell(new Event.Accepted(number, (InetSocketAddress) channel.remoteAddress()));
          channel.config().setAutoRead(true);
        });
  }

  /** Closes everything without an outcome. */
  public void stop() {
    over = true;
    alarm.cancel();
    dials.values().forEach(dial -> PunchSockets.reset(dial.channel()));
    dials.clear();
    links.values().forEach(link -> link.channel().close());
    links.clear();
  }

  private void lost(int number) {
    OpenLink link = links.remove(number);
    if (link != null) {
      link.channel().close();
      tell(new Event.LinkLost(number));
    }
  }

  private void tell(Event event) {
    if (over || punch == null) {
      return;
    }
    punch.on(event, time.instant()).forEach(this::perform);
    alarm.set(punch.nextDeadline());
  }

  private void perform(Action action) {
    switch (action) {
      case Action.Dial(Path path, InetSocketAddress to) -> dial(path, to);
      case Action.AbandonDial(Path path) -> {
        ChannelFuture dial = dials.remove(path);
        if (dial != null) {
          PunchSockets.reset(dial.channel());
        }
      }
      case Action.SendAck(int number) -> {
        OpenLink link = links.get(number);
        if (link != null) {
          link.greeting().sayWho(link.channel());
        }
      }
      case Action.CloseLink(int number) -> {
        OpenLink link = links.remove(number);
        if (link != null) {
          PunchSockets.reset(link.channel());
        }
      }
      case Action.Succeeded(int number, Path path) -> {
        OpenLink link = links.remove(number);
        stop();
        if (link != null) {
          agreed(link, path);
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
        tell(new Event.DialFailed(path, PunchSockets.dialError(done.cause())));
      }
    });
  }

  private int addLink(Channel channel) {
    int number = ++lastLink;
    OpenLink link = new OpenLink(channel, greetings.get());
    links.put(number, link);
    Greeting.Ear ear =
        new Greeting.Ear() {
          @Override
          public void identified(String peer) {
            tell(new Event.AckReceived(number, peer));
          }

          @Override
          public void lost() {
            PunchDriver.this.lost(number);
          }
        };
    link.greeting().begin(channel.pipeline(), ear);
    channel.pipeline().addLast(new LinkWatch(ear));
    return number;
  }

  private void agreed(OpenLink link, Path path) {
    link.channel().pipeline().remove(LinkWatch.class);
    outcome.succeeded(new Agreed(link.channel(), link.greeting(), peer, path));
  }
}
