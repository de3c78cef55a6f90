package io.culvert.client.quic;

import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Begins the connections of one identity, without delay: what takes milliseconds has been made
 * before. Confined to its event loop.
 */
public final class QuicTransports {
  /** After a connection has begun, which is not to wait for the next one to be prepared. */
  private static final long PAUSE_MILLIS = 500;

  /** There and back twice is all that a handshake takes. */
  private static final int TURNS = 2;

  /** Nothing on the loop is to wait for what is prepared. */
  private static final Executor THREADS =
      task -> Thread.ofVirtual().name("culvert-prepares").start(task);

  private final EventLoop loop;
  private final Identity me;
  private volatile QuicSetup setup;
  private final Spare caller;
  private final Spare callee;
  private boolean closed;

  /** For connections on that loop. */
  public QuicTransports(EventLoop loop, Identity me) {
    this.loop = loop;
    this.me = me;
    this.setup = QuicSetup.betweenMachines(me);
    this.caller = new Spare(() -> QuicTransport.caller(loop, setup));
    this.callee = new Spare(() -> QuicTransport.callee(loop, setup));
  }

  /** Peers are on this machine, too. To be said before anything is {@linkplain #prepare made}. */
  public void stayWithinMachine() {
    setup = QuicSetup.withinMachine(me);
  }

  /** What they prove to peers. */
  public Identity identity() {
    return me;
  }

  /** Makes what the next connections need. */
  public void prepare() {
    caller.prepare();
    callee.prepare();
  }

  /** Connects to oneself, for nothing but to have done so; false if that does not succeed. */
  public boolean rehearse() {
    QuicTransport one = caller("this side");
    QuicTransport other = callee("this side");
    one.believe(me.fingerprint());
    other.believe(me.fingerprint());
    for (int i = 0; i < TURNS; i++) {
      other.received(one.takeHeld());
      one.received(other.takeHeld());
    }
    boolean isConnected =
        one.connection().connected().isDone() && other.connection().connected().isDone();
    one.connection().close();
    other.connection().close();
    return isConnected;
  }

  /**
   * Begins a connection. Its first datagrams are there when this returns.
   *
   * @param peer its name, for sentences
   */
  public QuicTransport caller(String peer) {
    return caller.begin(peer);
  }

  /**
   * Waits for a connection to begin.
   *
   * @param peer its name, for sentences
   */
  public QuicTransport callee(String peer) {
    return callee.begin(peer);
  }

  /** Prepares nothing any more. What has begun goes on. */
  public void close() {
    closed = true;
    caller.discard();
    callee.discard();
  }

  /** The next transport of a kind, if it is ready. */
  private final class Spare {
    private final Supplier<QuicTransport> maker;
    private @Nullable QuicTransport ready;

    Spare(Supplier<QuicTransport> maker) {
      this.maker = maker;
    }

    void prepare() {
      if (!closed && ready == null) {
        CompletableFuture.supplyAsync(maker, THREADS).thenAcceptAsync(this::keep, loop);
      }
    }

    private void keep(QuicTransport fresh) {
      fresh.open();
      if (closed || ready != null) {
        fresh.discard();
      } else {
        ready = fresh;
      }
    }

    QuicTransport begin(String peer) {
      QuicTransport transport = ready;
      ready = null;
      if (transport == null) {
        transport = maker.get();
        transport.open();
      }
      transport.begin(peer);
      loop.schedule(this::prepare, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
      return transport;
    }

    void discard() {
      if (ready != null) {
        ready.discard();
      }
    }
  }
}
