package io.culvert.client.net;

import io.culvert.client.turn.Families;
import io.culvert.client.turn.TurnAllocation;
import io.culvert.client.turn.TurnLogin;
import io.culvert.wire.transport.MonotonicTime;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** An allocation that is asked for on one line: gives it that and its time. For one event loop. */
final class RelayAttempt implements TurnAllocation.Observer {
  /** Who goes does not wait longer for the server to know it; it will find out by itself. */
  private static final Duration GOODBYE = Duration.ofSeconds(1);

  /** Who is told how it goes. */
  interface Observer {
    /** There is an allocation; this is where peers find us, at one address of a family. */
    void allocated(RelayAttempt by, List<InetSocketAddress> relayed);

    /** Its server has said that it is still there. */
    void confirmed(RelayAttempt by);

    /** Its server has been asked that, and nothing has come from it for a while; it may still. */
    void silent(RelayAttempt by);

    void permitted(RelayAttempt by, InetAddress peer);

    /** A peer has sent this; valid until this returns. */
    void received(RelayAttempt by, ByteBuf data, InetSocketAddress peer);

    /** It has ended; that server is to be asked instead. */
    void redirected(RelayAttempt from, InetSocketAddress other);

    /** There is none, or none any more; empty when it was given up. */
    void ended(RelayAttempt attempt, Optional<String> why);
  }

  private final EventLoop loop;
  private final RelayPlace place;
  private final RelayLine line;
  private final Observer observer;
  private final InstantSource time = new MonotonicTime();
  private final TurnAllocation allocation;
  private final Alarm alarm;
  private InetSocketAddress endpointOf;
  private Endpoint endpoint;
  private boolean hasHeard;
  private boolean over;

  RelayAttempt(
      EventLoop loop,
      RelayPlace place,
      TurnLogin login,
      RelayLine line,
      Families families,
      Observer observer) {
    InetSocketAddress server = place.server();
    this.loop = loop;
    this.place = place;
    this.line = line;
    this.observer = observer;
    this.endpointOf = server;
    this.endpoint = Endpoint.of(server);
    this.allocation =
        new TurnAllocation(server, login, line.carrier(), families, new SecureRandom(), this);
    this.alarm = new Alarm(loop, time, this::deadlineReached);
  }

  void begin() {
    allocation.begin(time.instant());
    setAlarm();
  }

  /** Where it was asked for. */
  RelayPlace place() {
    return place;
  }

  /** Where it is, or is asked for: another server than that when that has sent us on. */
  InetSocketAddress server() {
    return allocation.server();
  }

  /** The same, to be compared with where something has come from. */
  Endpoint endpoint() {
    InetSocketAddress server = allocation.server();
    if (!endpointOf.equals(server)) {
      endpointOf = server;
      endpoint = Endpoint.of(server);
    }
    return endpoint;
  }

  /** Whether the server has ever answered. */
  boolean hasHeard() {
    return hasHeard;
  }

  void permit(InetAddress peer) {
    allocation.permit(peer, time.instant());
    setAlarm();
  }

  void forget(InetAddress peer) {
    allocation.forget(peer);
    setAlarm();
  }

  void bind(InetSocketAddress peer) {
    allocation.bind(peer, time.instant());
    setAlarm();
  }

  /** Asks whether it is still there. */
  void check() {
    allocation.check(time.instant());
    setAlarm();
  }

  /** Asks for everything again that the server may have forgotten. */
  void renew() {
    allocation.renew(time.instant());
    setAlarm();
  }

  /** The way to the server may be another one, or there may be one again. */
  void networkChanged() {
    if (line.isFromHere()) {
      allocation.hurry(time.instant());
      setAlarm();
    } else {
      broken("The network in which the relay %s was reached has gone.".formatted(server()));
    }
  }

  /** Sends to a peer; false when that is not possible. */
  boolean send(ByteBuf data, int index, int length, InetSocketAddress peer) {
    if (!allocation.reaches(peer)) {
      return false;
    }
    line.send(allocation, data, index, length, peer);
    return true;
  }

  /** The server has sent something; false when it is not for this. */
  boolean heard(ByteBuf message) {
    if (allocation.carries(message)) {
      return true;
    }
    boolean mine = allocation.heard(message, time.instant());
    hasHeard |= mine;
    setAlarm();
    return mine;
  }

  /** Gives it back; the observer is told when that is done. */
  void release() {
    allocation.release(time.instant());
    setAlarm();
    if (!over) {
      loop.schedule(
          () -> finish(() -> observer.ended(this, Optional.empty())),
          GOODBYE.toMillis(),
          TimeUnit.MILLISECONDS);
    }
  }

  /** The line is no more. */
  void broken(String why) {
    finish(() -> observer.ended(this, Optional.of(why)));
  }

  private void deadlineReached() {
    if (!over) {
      allocation.deadlineReached(time.instant());
      setAlarm();
    }
  }

  private void setAlarm() {
    alarm.set(over ? Optional.empty() : allocation.nextDeadline());
  }

  private void finish(Runnable then) {
    if (!over) {
      over = true;
      alarm.cancel();
      line.close();
      then.run();
    }
  }

  @Override
  public void send(byte[] datagram, InetSocketAddress server) {
    line.send(datagram, server);
  }

  @Override
  public void allocated(List<InetSocketAddress> relayed) {
    observer.allocated(this, relayed);
  }

  @Override
  public void confirmed() {
    observer.confirmed(this);
  }

  @Override
  public void silent() {
    observer.silent(this);
  }

  @Override
  public void permitted(InetAddress peer) {
    observer.permitted(this, peer);
  }

  @Override
  public void refused(InetAddress peer) {
    // The peer may have other addresses, or a relay of its own.
  }

  @Override
  public void received(ByteBuf data, InetSocketAddress peer) {
    observer.received(this, data, peer);
  }

  @Override
  public void redirected(InetSocketAddress other) {
    finish(() -> observer.redirected(this, other));
  }

  @Override
  public void ended(Optional<String> why) {
    finish(() -> observer.ended(this, why));
  }
}
