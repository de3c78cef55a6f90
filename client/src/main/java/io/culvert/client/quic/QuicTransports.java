package io.culvert.client.quic;

import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Begins the connections of one identity, without delay: what takes milliseconds has been made
 * before. Confined to its event loop.
 */
public final class QuicTransports {
  /** When the next connection is prepared, who has asked for this one is not to wait for it. */
  private static final long PAUSE_MILLIS = 500;

  /** Datagrams of a handshake take one turn more than there are flights. */
  private static final int TURNS = 3;

  private static final AtomicBoolean REHEARSED = new AtomicBoolean();

  private final EventLoop loop;
  private final Identity me;
  private @Nullable ConnectionTls caller;
  private @Nullable ConnectionTls callee;

  /** For connections on that loop. */
  public QuicTransports(EventLoop loop, Identity me) {
    this.loop = loop;
    this.me = me;
  }

  /** What they prove to peers. */
  public Identity identity() {
    return me;
  }

  /**
   * Makes what the next connections need. The first ones of a process would take a tenth of a
   * second more, for libraries and classes are loaded: there is a first one with oneself.
   */
  public void prepare() {
    prepareNext();
    if (!REHEARSED.getAndSet(true)) {
      rehearse();
    }
  }

  private void prepareNext() {
    if (caller == null) {
      caller = QuicSetup.callerTls(me);
    }
    if (callee == null) {
      callee = QuicSetup.calleeTls(me);
    }
  }

  private void rehearse() {
    QuicTransport one = caller("this side");
    QuicTransport other = callee("this side");
    one.believe(me.fingerprint());
    other.believe(me.fingerprint());
    for (int i = 0; i < TURNS; i++) {
      other.received(one.takeHeld());
      one.received(other.takeHeld());
    }
    one.connection().close();
    other.connection().close();
  }

  /**
   * Begins a connection. Its first datagrams are there when this returns.
   *
   * @param peer its name, for sentences
   */
  public QuicTransport caller(String peer) {
    ConnectionTls tls = caller == null ? QuicSetup.callerTls(me) : caller;
    caller = null;
    prepareLater();
    return QuicTransport.caller(loop, tls, peer, QuicSetup.IDLE, QuicSetup.KEEP_ALIVE);
  }

  /**
   * Waits for a connection to begin.
   *
   * @param peer its name, for sentences
   */
  public QuicTransport callee(String peer) {
    ConnectionTls tls = callee == null ? QuicSetup.calleeTls(me) : callee;
    callee = null;
    prepareLater();
    return QuicTransport.callee(loop, tls, peer, QuicSetup.IDLE, QuicSetup.KEEP_ALIVE);
  }

  private void prepareLater() {
    loop.schedule(this::prepareNext, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
  }
}
