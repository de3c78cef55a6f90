package io.culvert.server.tls.dtls;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.tls.DTLSRequest;
import org.bouncycastle.tls.DTLSServerProtocol;
import org.bouncycastle.tls.DTLSTransport;
import org.bouncycastle.tls.TlsServer;

/** A handshake in progress, on a thread of its own; the rest of it belongs to the event loop. */
final class Handshake {
  static final Duration WITHIN = Duration.ofSeconds(10);

  /** Who waits for the end; called once, on the event loop, and never after {@link #abandon}. */
  interface Outcome {
    void succeeded(DTLSTransport session);

    void failed();
  }

  private final EventExecutor loop;
  private final Transport transport;
  private final long clientRandom;
  private final Outcome outcome;
  private final Future<?> deadline;
  private boolean over;

  /** Nothing happens yet but that the time begins to run. */
  Handshake(EventExecutor loop, Transport transport, long clientRandom, Outcome outcome) {
    this.loop = loop;
    this.transport = transport;
    this.clientRandom = clientRandom;
    this.outcome = outcome;
    this.deadline = loop.schedule(this::fail, WITHIN.toNanos(), TimeUnit.NANOSECONDS);
  }

  void start(DTLSRequest hello, TlsServer peer) {
    Thread.ofVirtual().name("dtls-handshake").start(() -> run(hello, peer));
  }

  private void run(DTLSRequest hello, TlsServer peer) {
    try {
      loop.execute(result(hello, peer));
    } catch (RejectedExecutionException e) {
      transport.close(); // the loop has ended, and with it whoever waited for this
    }
  }

  private Runnable result(DTLSRequest hello, TlsServer peer) {
    try {
      DTLSTransport session = new DTLSServerProtocol().accept(peer, transport, hello);
      return () -> succeed(session);
    } catch (IOException e) {
      return this::fail; // the client has been told why
    }
  }

  private void succeed(DTLSTransport session) {
    if (!over) {
      end();
      outcome.succeeded(session);
    }
  }

  private void fail() {
    if (!over) {
      abandon();
      outcome.failed();
    }
  }

  /** Ends it without a word. */
  void abandon() {
    end();
    transport.abandon();
  }

  private void end() {
    over = true;
    deadline.cancel(false);
  }

  /** Whether a ClientHello is the one that began this handshake. */
  boolean isOf(long random) {
    return random == clientRandom;
  }

  /** Takes a record of the client; false when there are too many to read. */
  boolean offer(byte[] record) {
    return transport.offer(record);
  }
}
