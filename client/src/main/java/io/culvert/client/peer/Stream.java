package io.culvert.client.peer;

import io.culvert.client.quic.QuicStream;
import io.culvert.client.quic.StreamResetException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A stream of a connection: bytes in both directions, in order and whole, each direction with an
 * end of its own. Who writes faster than the peer reads waits; the other streams go on.
 *
 * <pre>{@code
 * try (Stream stream = connection.openStream()) {
 *   stream.output().write(question);
 *   stream.shutdownOutput();
 *   byte[] answer = stream.input().readAllBytes();
 * }
 * }</pre>
 *
 * <p>Thread-safe: one thread may read while another writes. Waiting can be interrupted.
 */
public final class Stream implements AutoCloseable {
  private final QuicStream stream;

  Stream(QuicStream stream) {
    this.stream = stream;
  }

  /** Its number, which is the same at both ends and no other stream of the connection has. */
  public long id() {
    return stream.id();
  }

  /**
   * How long each of the following reads and writes waits before it throws a {@link
   * java.net.SocketTimeoutException}; null, as at first, is for ever. The stream goes on after
   * that.
   */
  public void timeout(@Nullable Duration timeout) {
    stream.timeout(timeout);
  }

  /**
   * Reads what has come, waiting for at least one byte; how many bytes, or -1 behind the last.
   *
   * @param into has room
   * @throws StreamResetException when the peer has broken off the stream
   * @throws IOException when the connection is over; what has come before is read first
   */
  public int read(ByteBuffer into) throws IOException, InterruptedException {
    return stream.read(into);
  }

  /**
   * Sends all that is in the buffer. What has been taken is on its way when this returns; that the
   * peer has it, only the peer can say.
   *
   * @throws StreamResetException when the peer does not read it any more
   * @throws IOException when the connection is over, or this side has said that it sends no more
   */
  public void write(ByteBuffer from) throws IOException, InterruptedException {
    stream.write(from);
  }

  /** The bytes that come; an interrupt is an {@link InterruptedIOException} there. */
  public InputStream input() {
    return stream.input();
  }

  /**
   * Takes what is to be sent; an interrupt is an {@link InterruptedIOException} there. Closing it
   * is {@link #shutdownOutput}.
   */
  public OutputStream output() {
    return stream.output();
  }

  /** Says that nothing more is sent; reading goes on until the peer's end. */
  public void shutdownOutput() {
    stream.shutdownOutput();
  }

  /**
   * Breaks it off in both directions: what is under way may not arrive, and the peer gets the code
   * with a {@link StreamResetException}.
   *
   * @param code 0 or more; what it means is between the two applications
   */
  public void reset(int code) {
    stream.reset(code);
  }

  /**
   * Says that nothing more is sent, and throws away what still comes. What was written before still
   * arrives; a peer that is to stop writing needs a {@link #reset}.
   */
  @Override
  public void close() {
    stream.close();
  }
}
