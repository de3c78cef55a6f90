package io.culvert.client.ice;

import io.culvert.client.net.Backoff;
import io.culvert.client.net.RelayedPort;
import io.culvert.client.net.RelayedPort.Access;
import io.culvert.client.turn.Families;
import io.culvert.wire.transport.MonotonicTime;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A peer's addresses at a relay, one of a family, asked for again when they are lost. Confined to
 * the event loop.
 */
final class KeptRelay {
  /** One that has been there for so long is asked for again as if for the first time. */
  private static final Duration HELD = Duration.ofSeconds(10);

  /** Credentials that have just been given are not asked for again sooner than after so long. */
  private static final Duration LEAST_LIFE = Duration.ofMinutes(1);

  /** Who is told how it goes. */
  interface Observer {
    /** There are such, one of a family, instead of any others. */
    void relayedAt(List<InetSocketAddress> addresses);

    /** There are none any more. */
    void relayLost();

    /**
     * A peer has sent this.
     *
     * @param data valid until this returns
     */
    void relayed(ByteBuf data, InetSocketAddress peer);
  }

  private final EventLoop loop;
  private final Observer observer;
  private final InstantSource time = new MonotonicTime();
  private final RelayedPort port;
  private final Supplier<CompletableFuture<Access>> freshAccess;
  private final Backoff backoff = new Backoff();
  private final CompletableFuture<Void> settled = new CompletableFuture<>();
  private @Nullable Access access;
  private @Nullable Future<?> next;
  private @Nullable Future<?> renewal;
  private Instant since = Instant.MIN;
  private Instant atOnceAgain = Instant.MIN;
  private boolean closed;

  /**
   * There is none yet.
   *
   * @param freshAccess asked when an address is lost: the server may want other credentials
   */
  KeptRelay(
      EventLoop loop,
      RelayedPort.Socket socket,
      Supplier<CompletableFuture<Access>> freshAccess,
      Observer observer) {
    this.loop = loop;
    this.freshAccess = freshAccess;
    this.observer = observer;
    this.port = new RelayedPort(loop, socket, Families.BOTH, new Events());
  }

  /** What is sent through it and comes from it. */
  RelayedPort port() {
    return port;
  }

  /** Done when it is known for the first time whether there is one. */
  CompletableFuture<Void> settled() {
    return settled.copy();
  }

  /** Asks for an address there, unless there is one; when it is lost, for another. */
  void by(Access relay) {
    if (closed) {
      return;
    }
    if (!relay.equals(access)) {
      access = relay;
      relay.life().ifPresent(this::renewBefore);
    }
    if (port.isSettled() && !port.isAt(relay)) {
      stopWaiting();
      port.begin(relay);
    }
  }

  /** The server may be there again, that has lost our address. */
  void again() {
    Access last = access;
    if (last != null && port.isSettled() && port.addresses().isEmpty()) {
      stopWaiting();
      freshAccess.get().whenCompleteAsync((fresh, none) -> by(none == null ? fresh : last), loop);
    }
  }

  /** The way to the server may be another one, or there may be one again. */
  void networkChanged() {
    port.networkChanged();
    backoff.reset();
    if (access != null) {
      by(access);
    }
  }

  /** What we have there, and are known by, may have expired without our noticing. */
  void renew() {
    port.renew();
    renewAccess(LEAST_LIFE);
  }

  /** Whoever loses a relay must not be a stranger to the others; and they may be others by then. */
  private void renewBefore(Duration end) {
    stop(renewal);
    Duration half = end.dividedBy(2);
    Duration pause = half.compareTo(LEAST_LIFE) < 0 ? LEAST_LIFE : half;
    renewal = loop.schedule(() -> renewAccess(pause), pause.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void renewAccess(Duration left) {
    freshAccess
        .get()
        .whenCompleteAsync(
            (fresh, none) -> {
              if (none == null) {
                by(fresh);
              } else if (!closed) {
                renewBefore(left);
              }
            },
            loop);
  }

  /** Gives it up; what is given runs when the socket is needed no longer. */
  void close(Runnable then) {
    closed = true;
    stopWaiting();
    stop(renewal);
    port.close(then);
  }

  private void stopWaiting() {
    stop(next);
  }

  private static void stop(@Nullable Future<?> task) {
    if (task != null) {
      task.cancel(false);
    }
  }

  private void againLater() {
    if (!closed) {
      stopWaiting();
      next = loop.schedule(this::again, backoff.nextPause().toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private final class Events implements RelayedPort.Observer {
    @Override
    public void settled() {
      List<InetSocketAddress> addresses = port.addresses();
      if (addresses.isEmpty()) {
        againLater();
      } else {
        since = time.instant();
        // A peer that has an address at the same relay, or one beside it, may be the first to call.
        port.reach(
            Stream.concat(addresses.stream(), port.asked())
                .collect(Collectors.toUnmodifiableSet()));
        observer.relayedAt(addresses);
      }
      settled.complete(null);
    }

    @Override
    public void silent() {
      if (access != null) {
        port.begin(access);
      }
    }

    @Override
    public void lost() {
      observer.relayLost();
      Instant now = time.instant();
      if (since.plus(HELD).isBefore(now)) {
        backoff.reset();
      }
      Access last = access;
      if (last != null && !now.isBefore(atOnceAgain)) {
        atOnceAgain = now.plus(HELD);
        by(last); // more likely than the server it is we that have moved
      } else {
        againLater();
      }
    }

    @Override
    public void opened(InetAddress peer) {
      // Checks on that way are repeated until they get through.
    }

    @Override
    public void received(ByteBuf data, InetSocketAddress peer) {
      observer.relayed(data, peer);
    }
  }
}
