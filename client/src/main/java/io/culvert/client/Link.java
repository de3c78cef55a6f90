package io.culvert.client;

import io.culvert.traversal.Path;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a peer: direct, so that it needs the server no longer, unless its {@link #path}
 * is {@link Path#RELAY}. It is not encrypted.
 *
 * <p>One thread may send while another receives; neither may be the client's event loop, on which
 * listeners are called: it would wait for itself.
 */
public interface Link extends AutoCloseable {
  /** The most bytes that one message carries. */
  int MAX_MESSAGE_BYTES = 255;

  /** The most bytes that one datagram carries. */
  int MAX_DATAGRAM_BYTES = 1200;

  /** What becomes of the bytes of one {@link #send}. */
  enum Kind {
    /** They arrive in order, and may be received in other portions. */
    STREAM,
    /**
     * They arrive in order, as one message of at most {@value #MAX_MESSAGE_BYTES} bytes, or as
     * several.
     */
    MESSAGES,
    /**
     * They arrive as one datagram of at most {@value #MAX_DATAGRAM_BYTES} bytes or as several, or
     * not at all.
     */
    DATAGRAMS
  }

  /** What becomes of what is sent. */
  Kind kind();

  /** The name of the other end. */
  String peer();

  /** Which way the connection takes. */
  Path path();

  /**
   * Calls the listener whenever the connection takes another {@link #path}, which only {@link
   * Kind#DATAGRAMS} ever do; on the client's event loop, where it must not block. There is one
   * listener at most: the last.
   */
  default void whenMoved(Consumer<Path> listener) {}

  /** The address of the other end, or of the relay through which it is reached. */
  InetSocketAddress remote();

  /**
   * Sends bytes. Waits while the peer takes in less than is sent.
   *
   * @throws CulvertException when the link is closed or broken, or {@link #finish} was called
   */
  void send(byte[] bytes) throws CulvertException, InterruptedException;

  /**
   * The next bytes, waiting for them; null when the peer has ended the conversation.
   *
   * @throws CulvertException when the link broke
   */
  byte @Nullable [] receive() throws IOException, InterruptedException;

  /** Tells the peer that nothing more will be sent; receiving goes on until the peer's end. */
  void finish();

  /**
   * Closes the connection after what was sent has left this machine, waiting at most 30 s for that.
   * To be sure that the peer has it all, {@link #finish} and {@link #receive} until null first.
   */
  @Override
  void close();

  /**
   * Throws the connection away: for the peer it breaks, where after {@link #close} it ends. For a
   * link that nobody reads, so that the peer does not take what it sends for delivered.
   */
  void abort();
}
