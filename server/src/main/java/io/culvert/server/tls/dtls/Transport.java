package io.culvert.server.tls.dtls;

import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.concurrent.EventExecutor;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.tls.DatagramTransport;
import org.jspecify.annotations.Nullable;

/**
 * What Bouncy Castle takes for a client's socket. Each "datagram" it receives is one record. During
 * the handshake the records wait in a queue for the handshake's thread; afterwards there is the one
 * at hand, or none, and nobody waits.
 */
final class Transport implements DatagramTransport {
  /** The record at hand was no data: the end of a loop that has nothing to wait for. */
  static final class NothingMore extends InterruptedIOException {
    private static final long serialVersionUID = 1L;

    @Override
    public Throwable fillInStackTrace() {
      return this; // it is thrown for every record of a certain kind
    }
  }

  /** IPv6 carries 1280 bytes everywhere (RFC 8200 §5), 48 of them headers. */
  static final int HANDSHAKE_DATAGRAM_BYTES = 1200;

  /** A client's longest flight is three short messages, which it may cut up and repeat. */
  private static final int WAITING_RECORDS = 32;

  private static final int MAX_DATAGRAM_BYTES = 65_507;
  private static final byte[] WAKE = {};

  private final EventExecutor loop;
  private final DtlsFront.Outlet outlet;
  private final Endpoint client;
  private final BlockingQueue<byte[]> waiting = new ArrayBlockingQueue<>(WAITING_RECORDS);
  private volatile boolean handshaking = true;
  private volatile boolean closed;
  private volatile boolean abandoned;
  private @Nullable ByteBuf atHand;
  private int index;
  private int length;

  Transport(EventExecutor loop, DtlsFront.Outlet outlet, Endpoint client) {
    this.loop = loop;
    this.outlet = outlet;
    this.client = client;
  }

  /** Keeps a record for the handshake; false when it has too many to read. */
  boolean offer(byte[] record) {
    return waiting.offer(record);
  }

  /** The handshake is over: what has come since, each record once, then null. */
  byte @Nullable [] takeLeft() {
    handshaking = false;
    return waiting.poll();
  }

  /** Has the next record at hand, for the call of receive that follows. */
  void hand(ByteBuf buffer, int at, int bytes) {
    atHand = buffer;
    index = at;
    length = bytes;
  }

  boolean isClosed() {
    return closed;
  }

  /** Closes it; not even what is on its way to the event loop is to leave any more. */
  void abandon() {
    abandoned = true;
    close();
  }

  @Override
  public int receive(byte[] into, int offset, int limit, int waitMillis) throws IOException {
    return handshaking ? await(into, offset, limit, waitMillis) : take(into, offset, limit);
  }

  private int await(byte[] into, int offset, int limit, int waitMillis) throws IOException {
    try {
      byte[] record = waiting.poll(waitMillis, TimeUnit.MILLISECONDS);
      if (closed) {
        throw new IOException("the handshake has been given up");
      }
      if (record == null || record.length > limit) {
        return -1;
      }
      System.arraycopy(record, 0, into, offset, record.length);
      return record.length;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("the handshake has been interrupted", e);
    }
  }

  private int take(byte[] into, int offset, int limit) throws NothingMore {
    ByteBuf record = atHand;
    if (record == null || length > limit) {
      throw new NothingMore();
    }
    atHand = null;
    record.getBytes(index, into, offset, length);
    return length;
  }

  @Override
  public void send(byte[] bytes, int offset, int count) {
    if (closed) {
      return;
    }
    if (loop.inEventLoop()) {
      outlet.send(Unpooled.wrappedBuffer(bytes), offset, count, client);
    } else {
      ByteBuf copy = Unpooled.copiedBuffer(bytes, offset, count);
      loop.execute(() -> leave(copy));
    }
  }

  private void leave(ByteBuf datagram) {
    if (!abandoned) {
      outlet.send(datagram, 0, datagram.readableBytes(), client);
    }
  }

  /** As much room as the record needs: so much is allocated for each. */
  @Override
  public int getReceiveLimit() {
    return handshaking ? Records.HEADER_BYTES + Records.MAX_MESSAGE_BYTES : length;
  }

  @Override
  public int getSendLimit() {
    return handshaking ? HANDSHAKE_DATAGRAM_BYTES : MAX_DATAGRAM_BYTES;
  }

  /** Ends it from either side: nothing is sent any more, and nobody waits. */
  @Override
  public void close() {
    closed = true;
    waiting.offer(WAKE); // a full queue wakes as well
  }
}
