package io.culvert.client.net;

import io.culvert.client.turn.TurnAllocation;
import io.culvert.client.turn.TurnLogin;
import io.culvert.wire.transport.MonotonicTime;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.EventLoop;
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
 * An address at a TURN server to send from, if we get one: gives the allocation a socket and its
 * time. Confined to the event loop.
 */
public final class RelayedPort {
  /** Who goes does not wait longer for the server to know it; it will find out by itself. */
  private static final Duration GOODBYE = Duration.ofSeconds(1);

  /**
   * A server that would let us.
   *
   * @param login what it knows us by
   */
  public record Access(InetSocketAddress server, TurnLogin login) {}

  /** What the server is reached by. */
  public interface Socket {
    /** Sends this. */
    void send(byte[] datagram, InetSocketAddress to);
  }

  /** Who is told how it goes. */
  public interface Observer {
    /** It is known whether there is one. */
    void settled();

    /** This peer can be reached through it. */
    void opened(InetAddress peer);

    /** A peer has sent this. */
    void received(byte[] data, InetSocketAddress peer);
  }

  private final EventLoop loop;
  private final Socket socket;
  private final Observer observer;
  private final InstantSource time = new MonotonicTime();
  private final Alarm alarm;
  private final Set<InetAddress> peers = new HashSet<>();
  private @Nullable TurnAllocation allocation;
  private Optional<InetSocketAddress> address = Optional.empty();
  private Optional<String> whyNot = Optional.empty();
  private boolean pending;
  private Runnable whenEnded = () -> {};

  /** One to come: {@link #begin} asks for it. */
  public RelayedPort(EventLoop loop, Socket socket, Observer observer) {
    this.loop = loop;
    this.socket = socket;
    this.observer = observer;
    this.alarm = new Alarm(loop, time, this::deadlineReached);
  }

  /** Asks for it. */
  public void begin(Access access) {
    allocation =
        new TurnAllocation(access.server(), access.login(), new SecureRandom(), new Events());
    pending = true;
    allocation.begin(time.instant());
    setAlarm();
  }

  /** Whether it is known whether there is one. */
  public boolean isSettled() {
    return !pending;
  }

  /** Where peers find us there; empty when they do not. */
  public Optional<InetSocketAddress> address() {
    return address;
  }

  /** Why there is none, or none any more, though there should be: a sentence for people. */
  public Optional<String> whyNot() {
    return whyNot;
  }

  /** The server, for people, and to know it by. */
  public Optional<InetSocketAddress> server() {
    return Optional.ofNullable(allocation).map(TurnAllocation::server);
  }

  /** A peer may be at any of these, and shall be reached there as soon as that is possible. */
  public void reach(Set<InetSocketAddress> addresses) {
    addresses.forEach(at -> peers.add(at.getAddress()));
    permit();
  }

  /** There will be much to say to this address, or to hear from it. */
  public void expectMuch(InetSocketAddress peer) {
    if (allocation != null) {
      allocation.bind(peer, time.instant());
      setAlarm();
    }
  }

  /** Sends to a peer; false when that is not possible, and it is lost as it may be on the way. */
  public boolean send(byte[] datagram, InetSocketAddress peer) {
    if (allocation == null) {
      return false;
    }
    InetSocketAddress server = allocation.server();
    Optional<byte[]> wrapped = allocation.wrap(datagram, peer, time.instant());
    wrapped.ifPresent(bytes -> socket.send(bytes, server));
    return wrapped.isPresent();
  }

  /** Something has come; false when it is not for this. */
  public boolean heard(ByteBuf datagram, InetSocketAddress from) {
    if (allocation == null || !from.equals(allocation.server())) {
      return false;
    }
    boolean mine = allocation.heard(ByteBufUtil.getBytes(datagram), from, time.instant());
    setAlarm();
    return mine;
  }

  /** Gives it up; what is given runs when the socket is needed no longer. */
  public void close(Runnable then) {
    if (allocation == null) {
      then.run();
      return;
    }
    whenEnded = then;
    loop.schedule(this::end, GOODBYE.toMillis(), TimeUnit.MILLISECONDS);
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
      address = Optional.of(relayed);
      permit();
      settled();
    }

    @Override
    public void permitted(InetAddress peer) {
      observer.opened(peer);
    }

    @Override
    public void refused(InetAddress peer) {
      // The peer may have other addresses, or a relay of its own.
    }

    @Override
    public void received(byte[] data, InetSocketAddress peer) {
      observer.received(data, peer);
    }

    @Override
    public void ended(Optional<String> why) {
      whyNot = why;
      end();
      settled();
    }
  }
}
