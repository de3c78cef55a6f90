package io.culvert.client.quic;

import io.culvert.client.quic.Ending.Cause;
import io.culvert.client.tls.Fingerprint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.DatagramPacket;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicChannelOption;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The lower side of a {@link QuicConnection}: datagrams of QUIC go in and out, on whatever way
 * there is at the moment. Confined to its event loop, which its methods must be called on.
 *
 * <p>It is made before it is known with whom the connection will be, and {@linkplain #begin begins}
 * then. The caller {@linkplain #takeHeld takes} the first datagrams and sends them within its call.
 * The callee {@linkplain #believe believes} the fingerprint that came with it, has the datagrams
 * {@link #received} and answers in the same way. Both {@link #lead} the connection over the first
 * way that there is, and over better ones later.
 */
public final class QuicTransport {
  /**
   * Netty 4.2.18 does a step of the handshake with each datagram, and there may be three steps in
   * one: a certificate to be checked, one to be shown, and the end to be noticed. So as not to wait
   * for others, the last one is read again; QUIC ignores what it has read.
   */
  private static final int REPEATS = 2;

  private final EventLoop loop;
  private final HeldDatagrams held = new HeldDatagrams();
  private final SwitchedChannel socket = new SwitchedChannel(held);
  private final PeerCheck check;
  private final Session session;
  private final QuicConnection connection;
  private final boolean calls;
  private boolean reading;
  private byte @Nullable [] last;

  private QuicTransport(EventLoop loop, PeerCheck check, boolean calls, Duration keepAlive) {
    this.loop = loop;
    this.check = check;
    this.calls = calls;
    this.session = new Session(loop, check, keepAlive);
    this.connection = new QuicConnection(check, session);
    session.ended().thenRun(() -> loop.execute(socket::close));
  }

  /** The side that will call. Any thread may make it. */
  static QuicTransport caller(EventLoop loop, QuicSetup setup) {
    PeerCheck check = new PeerCheck();
    QuicTransport transport = new QuicTransport(loop, check, true, setup.keepAlive());
    transport.socket.pipeline().addLast(setup.caller(check));
    return transport;
  }

  /** The side that will be called. Any thread may make it. */
  static QuicTransport callee(EventLoop loop, QuicSetup setup) {
    PeerCheck check = new PeerCheck();
    QuicTransport transport = new QuicTransport(loop, check, false, setup.keepAlive());
    transport.socket.pipeline().addLast(setup.callee(check, transport.session));
    return transport;
  }

  /** Joins its loop. */
  void open() {
    if (!loop.inEventLoop()) {
      throw new IllegalStateException("only the event loop opens connections");
    }
    loop.register(socket);
  }

  /**
   * Begins a connection, or waits for one to begin. The caller's first datagrams are there when
   * this returns.
   *
   * @param peer its name, for sentences
   */
  void begin(String peer) {
    check.expect(peer);
    if (calls) {
      call();
    }
  }

  private void call() {
    QuicChannel.newBootstrap(socket)
        .option(QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR, SwitchedChannel.SEGMENTS)
        // Without an answer it ends as any connection without a word from the peer.
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
        .handler(session)
        .streamHandler(session.acceptingStreams())
        .connect()
        .addListener(connecting -> {
          if (!connecting.isSuccess()) {
            session.failed(connecting.cause());
          }
        });
  }

  /** Has not begun, and will not. */
  void discard() {
    socket.close();
  }

  /** What applications use; for any thread. */
  public QuicConnection connection() {
    return connection;
  }

  /**
   * The server has told that the peer's certificate has this fingerprint: who has not been told of
   * is refused.
   */
  public void believe(Fingerprint fingerprint) {
    check.believe(fingerprint);
  }

  /**
   * The datagrams that wait for a way, which they do no longer. Right after {@link
   * QuicTransports#caller}, and right after the callee has {@linkplain #received(List) received}
   * those, they are all that the other side needs to answer.
   */
  public List<byte[]> takeHeld() {
    return held.take();
  }

  /**
   * From now on, what is sent takes this way, and what has waited for one does so first. What is
   * under way on the one before may still arrive: nothing is sent again.
   */
  public void lead(DatagramWay way) {
    socket.lead(way);
    held.moveTo(way);
  }

  /**
   * There is no way at the moment. The first of what is sent meanwhile waits for the next one: QUIC
   * repeats itself ever more seldom, and would let minutes pass before it asks again whether
   * anything arrives.
   */
  public void hold() {
    socket.lead(held);
  }

  /** The first datagrams of the peer, as they came with its call or its answer. */
  public void received(List<byte[]> datagrams) {
    for (byte[] datagram : datagrams) {
      ByteBuf buffer = Unpooled.copiedBuffer(datagram);
      read(buffer);
      buffer.release();
    }
    answer();
  }

  /**
   * A datagram has come from the peer, on whatever way. Its bytes are overwritten; the buffer stays
   * the caller's.
   */
  public void received(ByteBuf datagram) {
    read(datagram);
    if (!reading) {
      // Answers when all that has come in has been looked at.
      reading = true;
      loop.execute(this::answer);
    }
  }

  private void read(ByteBuf datagram) {
    if (!session.isEstablished()) {
      last = ByteBufUtil.getBytes(datagram);
    }
    handOver(datagram.retainedSlice());
  }

  private void handOver(ByteBuf datagram) {
    if (socket.isOpen()) {
      socket
          .pipeline()
          .fireChannelRead(
              new DatagramPacket(datagram, SwitchedChannel.HERE, SwitchedChannel.PEER));
    } else {
      datagram.release();
    }
  }

  private void answer() {
    reading = false;
    socket.pipeline().fireChannelReadComplete();
    for (int i = 0; i < REPEATS && last != null && !session.isEstablished(); i++) {
      handOver(Unpooled.copiedBuffer(last));
      socket.pipeline().fireChannelReadComplete();
    }
    last = null;
    session.heard();
  }

  /** There is no way to the peer any more, and there will be none; the sentence says why. */
  public void lost(String sentence) {
    session.close(new Ending(Cause.BROKEN, 0, sentence));
  }
}
