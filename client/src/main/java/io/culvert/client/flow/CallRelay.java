package io.culvert.client.flow;

import io.culvert.client.net.Alarm;
import io.culvert.client.net.ClientLoop;
import io.culvert.client.turn.TurnAllocation;
import io.culvert.client.turn.TurnLogin;
import io.culvert.traversal.udp.Route;
import io.culvert.wire.transport.MonotonicTime;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The address of a call at a TURN server, if it gets one: gives the allocation the call's socket
 * and its time. Confined to the event loop.
 */
final class CallRelay {
  /** Who goes does not wait longer for the server to know it; it will find out by itself. */
  private static final Duration GOODBYE = Duration.ofSeconds(1);

  /**
   * A server that would let us.
   *
   * @param login what it knows us by
   */
  record Access(InetSocketAddress server, TurnLogin login) {}

  /** Who is told how it goes. */
  interface Observer {
    /** It is known whether there is one. */
    void settled();

    /** The peer can be reached through it. */
    void opened();
  }

  private final ClientLoop loop;
  private final CallSocket socket;
  private final Observer observer;
  private final InstantSource time = new MonotonicTime();
  private final Alarm alarm;
  private final Set<InetAddress> peers = new HashSet<>();
  private @Nullable TurnAllocation allocation;
  private Optional<InetSocketAddress> address = Optional.empty();
  private Optional<String> whyNot = Optional.empty();
  private boolean pending;
  private Runnable whenEnded = () -> {};

  CallRelay(ClientLoop loop, CallSocket socket, Observer observer) {
    this.loop = loop;
    this.socket = socket;
    this.observer = observer;
    this.alarm = new Alarm(loop.loop(), time, this::deadlineReached);
  }

  /** Asks for it. */
  void begin(Access access) {
    allocation =
        new TurnAllocation(access.server(), access.login(), new SecureRandom(), new Events());
    pending = true;
    allocation.begin(time.instant());
    setAlarm();
  }

  /** Whether it is known whether there is one. */
  boolean isSettled() {
    return !pending;
  }

  /** Where peers find us there; empty when they do not. */
  Optional<InetSocketAddress> address() {
    return address;
  }

  /** Why there is none, or none any more, though there should be: a sentence for people. */
  Optional<String> whyNot() {
    return whyNot;
  }

  /** The server, for people. */
  Optional<InetSocketAddress> server() {
    return Optional.ofNullable(allocation).map(TurnAllocation::server);
  }

  /** The peer is at these, and shall be reached there as soon as that is possible. */
  void reach(Set<InetSocketAddress> peer) {
    peer.forEach(at -> peers.add(at.getAddress()));
    permit();
  }

  /** There will be much to say to this address, or to hear from it. */
  void expectMuch(InetSocketAddress peer) {
    if (allocation != null) {
      allocation.bind(peer, time.instant());
      setAlarm();
    }
  }

  /** Sends to a peer. What cannot be sent is lost, as it may be on the way. */
  ChannelFuture send(byte[] datagram, InetSocketAddress peer) {
    if (allocation == null) {
      return socket.nothingSent();
    }
    InetSocketAddress server = allocation.server();
    return allocation
        .wrap(datagram, peer, time.instant())
        .map(wrapped -> socket.send(wrapped, server))
        .orElseGet(socket::nothingSent);
  }

  /** Something has come; false when it is not for this. */
  boolean heard(ByteBuf datagram, InetSocketAddress from) {
    if (allocation == null || !from.equals(allocation.server())) {
      return false;
    }
    boolean mine = allocation.heard(ByteBufUtil.getBytes(datagram), from, time.instant());
    setAlarm();
    return mine;
  }

  /** Gives it up; what is given runs when the socket is needed no longer. */
  void close(Runnable then) {
    if (allocation == null) {
      then.run();
      return;
    }
    loop.linkOpened();
    whenEnded =
        () -> {
          loop.linkClosed();
          then.run();
        };
    loop.loop().schedule(this::end, GOODBYE.toMillis(), TimeUnit.MILLISECONDS);
    allocation.release(time.instant());
    setAlarm();
  }

  private void permit() {
    TurnAllocation current = allocation;
    if (current != null && address.isPresent()) {
      peers.forEach(peer -> current.permit(peer, time.instant()));
      setAlarm();
    }
  }

  private void deadlineReached() {
    if (allocation != null) {
      allocation.deadlineReached(time.instant());
      setAlarm();
    }
  }

  private void setAlarm() {
    alarm.set(allocation == null ? Optional.empty() : allocation.nextDeadline());
  }

  private void settled() {
    if (pending) {
      pending = false;
      observer.settled();
    }
  }

  private void end() {
    allocation = null;
    address = Optional.empty();
    alarm.cancel();
    Runnable then = whenEnded;
    whenEnded = () -> {};
    then.run();
  }

  private final class Events implements TurnAllocation.Observer {
    @Override
    public void send(byte[] datagram, InetSocketAddress server) {
      socket.send(datagram, server);
    }

    @Override
    public void allocated(InetSocketAddress relayed) {
      address = Optional.of(relayed).filter(Candidates::isIpv4);
      permit();
      settled();
    }

    @Override
    public void permitted(InetAddress peer) {
      observer.opened();
    }

    @Override
    public void refused(InetAddress peer) {
      // The peer may have other addresses, or a relay of its own.
    }

    @Override
    public void received(byte[] data, InetSocketAddress peer) {
      socket.read(Unpooled.wrappedBuffer(data), Route.relayed(peer));
    }

    @Override
    public void ended(Optional<String> why) {
      whyNot = why;
      end();
      settled();
    }
  }
}
