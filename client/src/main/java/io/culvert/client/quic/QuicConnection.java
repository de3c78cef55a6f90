package io.culvert.client.quic;

import io.culvert.client.quic.Ending.Cause;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * An encrypted connection to a peer that has proved to be the one it was to be: streams and
 * datagrams, in both directions. It stays the same while the way to the peer changes.
 *
 * <p>Thread-safe. Waiting can be interrupted; no method that waits may be called on the
 * connection's event loop. A null timeout is for ever.
 */
public final class QuicConnection implements AutoCloseable {
  /** So many datagrams may be between who sends and the event loop. */
  private static final int DATAGRAMS_IN_HAND = 64;

  private final PeerCheck check;
  private final Session session;
  private final Semaphore datagrams = new Semaphore(DATAGRAMS_IN_HAND);

  QuicConnection(PeerCheck check, Session session) {
    this.check = check;
    this.session = session;
  }

  /** The name of the other end. */
  public String peer() {
    return check.peer();
  }

  /**
   * Done when the peer has proved who it is; fails when the connection ends before. A peer that
   * does not believe us may say so a moment later.
   */
  public CompletableFuture<Void> connected() {
    return session.connected().copy();
  }

  /** Done when the connection is over, with the reason. */
  public CompletableFuture<Ending> ended() {
    return session.ended().copy();
  }

  /**
   * Waits until the peer has proved who it is.
   *
   * @throws io.culvert.client.CulvertException when the connection ends before; it says why
   * @throws SocketTimeoutException when it takes longer
   */
  public void awaitConnected(@Nullable Duration timeout) throws IOException, InterruptedException {
    await(session.connected(), timeout, peer() + " has not answered");
  }

  /** Opens a stream, waiting until there is a connection and the peer allows for one more. */
  public QuicStream openStream() throws IOException, InterruptedException {
    return openStream(null);
  }

  /**
   * Opens a stream, waiting until there is a connection and the peer allows for one more. The peer
   * learns of it with the first bytes or the end that are sent on it.
   *
   * @throws io.culvert.client.CulvertException when the connection is over
   * @throws SocketTimeoutException when it takes longer
   */
  public QuicStream openStream(@Nullable Duration timeout)
      throws IOException, InterruptedException {
    CompletableFuture<QuicStream> opening = new CompletableFuture<>();
    onLoop(() -> session.open(opening));
    try {
      return await(opening, timeout, peer() + " has not allowed for a stream");
    } catch (IOException | InterruptedException e) {
      if (!opening.cancel(false) && !opening.isCompletedExceptionally()) {
        opening.join().close(); // it came a moment too late
      }
      throw e;
    }
  }

  /** The next stream that the peer has opened, waiting for it. */
  public QuicStream acceptStream() throws IOException, InterruptedException {
    return acceptStream(null);
  }

  /**
   * The next stream that the peer has opened, waiting for it.
   *
   * @throws io.culvert.client.CulvertException when the connection is over
   * @throws SocketTimeoutException when it takes longer
   */
  public QuicStream acceptStream(@Nullable Duration timeout)
      throws IOException, InterruptedException {
    return session.accepted().take(new Deadline(timeout));
  }

  /** The most bytes that a datagram carries, more than 1000; 0 before there is a connection. */
  public int maxDatagramBytes() {
    return session.maxDatagram();
  }

  /**
   * Sends bytes that arrive at once and whole, or not at all. Waits while more of them are under
   * way to the network than it is worth.
   *
   * @throws IllegalArgumentException when they are more than {@link #maxDatagramBytes}
   * @throws io.culvert.client.CulvertException when the connection is over
   */
  public void sendDatagram(ByteBuffer bytes) throws IOException, InterruptedException {
    sendDatagram(bytes, null);
  }

  /**
   * The same, waiting so long at most.
   *
   * @throws SocketTimeoutException when it takes longer
   */
  public void sendDatagram(ByteBuffer bytes, @Nullable Duration timeout)
      throws IOException, InterruptedException {
    if (session.ended().isDone()) {
      throw session.ended().join().exception();
    }
    if (bytes.remaining() > maxDatagramBytes()) {
      throw new IllegalArgumentException(
          "a datagram carries %d bytes, not %d".formatted(maxDatagramBytes(), bytes.remaining()));
    }
    Deadline deadline = new Deadline(timeout);
    if (!datagrams.tryAcquire(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
      throw deadline.over("What was sent before has not left");
    }
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    try {
      onLoop(() -> session.send(copy).addListener(sent -> datagrams.release()));
    } catch (IOException e) {
      datagrams.release();
      throw e;
    }
  }

  /** The next datagram that has come, waiting for it. What nobody receives in time is lost. */
  public byte[] receiveDatagram() throws IOException, InterruptedException {
    return receiveDatagram(null);
  }

  /**
   * The next datagram that has come, waiting for it.
   *
   * @throws io.culvert.client.CulvertException when the connection is over
   * @throws SocketTimeoutException when it takes longer
   */
  public byte[] receiveDatagram(@Nullable Duration timeout)
      throws IOException, InterruptedException {
    return session.datagrams().take(new Deadline(timeout));
  }

  /** Closes it at once; what is under way in either direction may be lost. */
  @Override
  public void close() {
    close(0, "");
  }

  /**
   * Closes it at once; what is under way in either direction may be lost. Does not wait.
   *
   * @param code 0 or more; what it means is between the two applications
   * @param reason for people; the peer sees the first 200 characters
   */
  public void close(int code, String reason) {
    Objects.requireNonNull(reason, "reason");
    if (code < 0) {
      throw new IllegalArgumentException("a code is 0 or more, not " + code);
    }
    try {
      session.loop().execute(() -> session.close(new Ending(Cause.CLOSED_HERE, code, reason)));
    } catch (RejectedExecutionException e) {
      // The loop has ended, and with it the connection.
    }
  }

  private void onLoop(Runnable task) throws IOException {
    try {
      session.loop().execute(task);
    } catch (RejectedExecutionException e) {
      throw new Ending(Cause.CLOSED_HERE, 0, "This client is closed.").exception();
    }
  }

  private static <T> T await(CompletableFuture<T> future, @Nullable Duration timeout, String what)
      throws IOException, InterruptedException {
    Deadline deadline = new Deadline(timeout);
    try {
      return future.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw deadline.over(what);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof IOException why
          ? why
          : new IOException("The connection broke: " + e.getMessage() + ".", e);
    }
  }
}
