package io.culvert.client.peer;

import io.culvert.client.quic.Ending;
import io.culvert.client.quic.QuicConnection;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * A connection with a peer, encrypted from end to end: streams and datagrams, by whatever way there
 * is. When a better way is found it is taken, and when it fails another one; streams do not notice.
 *
 * <pre>{@code
 * try (Connection bob = alice.connect("bob"); Stream stream = bob.openStream()) {
 *   stream.output().write("hello".getBytes(UTF_8));
 *   stream.shutdownOutput();
 *   byte[] answer = stream.input().readAllBytes();
 * }
 * }</pre>
 *
 * <p>Thread-safe. What waits can be interrupted, and ends with a {@link
 * io.culvert.client.CulvertException} that says why when the connection does.
 */
public final class Connection implements AutoCloseable {
  private final PeerSession session;
  private final QuicConnection connection;

  Connection(PeerSession session, QuicConnection connection) {
    this.session = session;
    this.connection = connection;
  }

  /** The account of the other end. */
  public String peer() {
    return connection.peer();
  }

  /** Opens a stream, which the peer learns of with the first bytes on it. */
  public Stream openStream() throws IOException, InterruptedException {
    return new Stream(connection.openStream());
  }

  /**
   * The same, waiting so long at most: the peer may have as many open as it wants.
   *
   * @throws java.net.SocketTimeoutException when it takes longer
   */
  public Stream openStream(Duration timeout) throws IOException, InterruptedException {
    return new Stream(connection.openStream(timeout));
  }

  /** The next stream that the peer opens, waiting for it. */
  public Stream acceptStream() throws IOException, InterruptedException {
    return new Stream(connection.acceptStream());
  }

  /**
   * The same, waiting so long at most.
   *
   * @throws java.net.SocketTimeoutException when it takes longer
   */
  public Stream acceptStream(Duration timeout) throws IOException, InterruptedException {
    return new Stream(connection.acceptStream(timeout));
  }

  /**
   * Sends bytes that arrive at once and whole, or not at all.
   *
   * @throws IllegalArgumentException when they are more than {@link #maxDatagramBytes}
   */
  public void sendDatagram(ByteBuffer bytes) throws IOException, InterruptedException {
    connection.sendDatagram(bytes);
  }

  /**
   * The same, waiting so long at most while others are on their way to the network.
   *
   * @throws java.net.SocketTimeoutException when it takes longer
   */
  public void sendDatagram(ByteBuffer bytes, Duration timeout)
      throws IOException, InterruptedException {
    connection.sendDatagram(bytes, timeout);
  }

  /** The most bytes that a datagram carries, more than 1000. */
  public int maxDatagramBytes() {
    return connection.maxDatagramBytes();
  }

  /** The next datagram of the peer, waiting for it. */
  public byte[] receiveDatagram() throws IOException, InterruptedException {
    return connection.receiveDatagram();
  }

  /**
   * The same, waiting so long at most.
   *
   * @throws java.net.SocketTimeoutException when it takes longer
   */
  public byte[] receiveDatagram(Duration timeout) throws IOException, InterruptedException {
    return connection.receiveDatagram(timeout);
  }

  /** The way that is taken; empty while there is none, and at the end. Any thread may ask. */
  public Optional<PathReport> path() {
    return session.path();
  }

  /**
   * Why that way, what else has been tried, and what would help; at any time, on any thread.
   *
   * <pre>{@code
   * if (bob.path().filter(path -> path.kind() == Path.PUBLIC).isEmpty()) {
   *   bob.why().advice().forEach(System.out::println);
   * }
   * }</pre>
   */
  public Explanation why() {
    return session.why();
  }

  /**
   * Has that told of each way that is taken from now on, on a thread that must not block; whoever
   * was told before is told no more.
   */
  public void onPath(Consumer<PathReport> listener) {
    session.onPath(Objects.requireNonNull(listener, "listener"));
  }

  /** Done when the connection is over, with the reason. */
  public CompletableFuture<Ending> ended() {
    return connection.ended();
  }

  /**
   * Closes it at once; what is under way may be lost.
   *
   * @param code 0 or more; what it means is between the two applications
   * @param reason for people; the peer sees the first 200 characters
   */
  public void close(int code, String reason) {
    connection.close(code, reason);
  }

  /** Closes it at once; what is under way may be lost. */
  @Override
  public void close() {
    connection.close();
  }
}
