package io.culvert.client.quic;

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
 * <p>Thread-safe: one thread may read while another writes. None may be the connection's event
 * loop. Waiting can be interrupted.
 *
 * <pre>{@code
 * try (QuicStream stream = connection.openStream()) {
 *   stream.write(ByteBuffer.wrap(question));
 *   stream.shutdownOutput();
 *   byte[] answer = stream.input().readAllBytes();
 * }
 * }</pre>
 */
public final class QuicStream implements AutoCloseable {
  private final StreamHandler handler;
  private volatile @Nullable Duration patience;

  QuicStream(StreamHandler handler) {
    this.handler = handler;
  }

  /** Its number, which is the same at both ends and no other stream of the connection has. */
  public long id() {
    return handler.id();
  }

  /**
   * How long each of the following reads and writes waits before it throws a {@link
   * java.net.SocketTimeoutException}; null, as at first, is for ever. The stream goes on after
   * that; of a write, some bytes may have been taken: the buffer says which.
   */
  public void timeout(@Nullable Duration timeout) {
    patience = timeout;
  }

  /**
   * Reads what has come, waiting for at least one byte; how many bytes, or -1 behind the last.
   *
   * @param into has room
   * @throws StreamResetException when the peer has broken off the stream
   * @throws IOException when the connection is over; what has come before is read first
   */
  public int read(ByteBuffer into) throws IOException, InterruptedException {
    return handler.read(into, new Deadline(patience));
  }

  /**
   * Sends all that is in the buffer. What has been taken is on its way when this returns; that the
   * peer has it, only the peer can say.
   *
   * @throws StreamResetException when the peer does not read it any more
   * @throws IOException when the connection is over, or this side has said that it sends no more
   */
  public void write(ByteBuffer from) throws IOException, InterruptedException {
    handler.write(from, new Deadline(patience));
  }

  /** Says that nothing more is sent; reading goes on until the peer's end. */
  public void shutdownOutput() {
    handler.finish();
  }

  /**
   * Breaks the stream off, in both directions: what is on its way may not arrive, and the peer gets
   * the code with a {@link StreamResetException}.
   *
   * @param code 0 or more; what it means is between the two applications
   */
  public void reset(int code) {
    if (code < 0) {
      throw new IllegalArgumentException("a code is 0 or more, not " + code);
    }
    handler.reset(code);
  }

  /** The bytes that come; an interrupt is an {@link InterruptedIOException} there. */
  public InputStream input() {
    return new InputStream() {
      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) {
          return 0;
        }
        try {
          return QuicStream.this.read(ByteBuffer.wrap(bytes, offset, length));
        } catch (InterruptedException e) {
          throw interrupted();
        }
      }
    };
  }

  /**
   * Takes what is to be sent, as {@link #write} does; an interrupt is an {@link
   * InterruptedIOException} there. Closing it is {@link #shutdownOutput}.
   */
  public OutputStream output() {
    return new OutputStream() {
      @Override
      public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
          QuicStream.this.write(ByteBuffer.wrap(bytes, offset, length));
        } catch (InterruptedException e) {
          throw interrupted();
        }
      }

      @Override
      public void close() {
        shutdownOutput();
      }
    };
  }

  private static InterruptedIOException interrupted() {
    Thread.currentThread().interrupt();
    return new InterruptedIOException("The thread was interrupted.");
  }

  /**
   * Says that nothing more is sent, and throws away what still comes. What was written before still
   * arrives; a peer that is to stop writing needs a {@link #reset}.
   */
  @Override
  public void close() {
    handler.finish();
    handler.discard();
  }
}
