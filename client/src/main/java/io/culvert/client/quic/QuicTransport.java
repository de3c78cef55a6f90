package io.culvert.client.quic;

import io.culvert.client.quic.Ending.Cause;
import io.culvert.client.tls.Fingerprint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
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
 * there is at the moment. Confined to its event loop, which all methods must be called on.
 *
 * <p>The caller {@linkplain #takeHeld takes} the first datagrams and sends them within its call.
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
  private boolean leads;
  private boolean reading;
  private byte @Nullable [] last;

  private QuicTransport(EventLoop loop, String peer, PeerCheck check, Duration keepAlive) {
    this.loop = loop;
    this.check = check;
    this.session = new Session(loop, peer, check, keepAlive);
    this.connection = new QuicConnection(peer, session);
    session.ended().thenRun(() -> loop.execute(socket::close));
  }

  static QuicTransport caller(
      EventLoop loop, ConnectionTls tls, String peer, Duration idle, Duration keepAlive) {
    QuicTransport transport = new QuicTransport(loop, peer, tls.check(), keepAlive);
    transport.open(QuicSetup.caller(tls.context(), idle));
    QuicChannel.newBootstrap(transport.socket)
        .option(QuicChannelOption.SEGMENTED_DATAGRAM_PACKET_ALLOCATOR, SwitchedChannel.SEGMENTS)
        // Without an answer it ends as any connection without a word from the peer.
        .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 0)
        .handler(transport.session)
        .streamHandler(transport.session.acceptingStreams())
        .connect()
        .addListener(connecting -> {
          if (!connecting.isSuccess()) {
            transport.session.failed(connecting.cause());
          }
        });
    return transport;
  }

  static QuicTransport callee(
      EventLoop loop, ConnectionTls tls, String peer, Duration idle, Duration keepAlive) {
    QuicTransport transport = new QuicTransport(loop, peer, tls.check(), keepAlive);
    transport.open(QuicSetup.callee(tls.context(), idle, transport.session));
    return transport;
  }

  private void open(ChannelHandler codec) {
    if (!loop.inEventLoop()) {
      throw new IllegalStateException("only the event loop opens connections");
    }
    socket.pipeline().addLast(codec);
    loop.register(socket);
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
    if (!leads) {
      leads = true;
      held.moveTo(way);
    }
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
