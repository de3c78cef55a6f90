package io.culvert.client.ice;

import io.culvert.client.net.PunchSockets;
import io.culvert.client.quic.DatagramKind;
import io.culvert.traversal.ice.Base;
import io.culvert.traversal.ice.CandidatePair;
import io.culvert.wire.ice.DatagramFraming;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The TCP connections of a session, each a base of its agent: those that have been punched, those
 * to candidates of the peer, and those that the peer has opened. Confined to the event loop.
 */
final class TcpWays {
  /** So long the other end of a connection may take to answer a check. */
  private static final long ANSWER_SECONDS = 5;

  /**
   * One that is open.
   *
   * @param broken run when it is no more
   */
  private record Carried(CandidatePair pair, TcpWay way, Runnable broken) {}

  private final PeerPort port;
  private final IceSession session;
  private final Map<Base, Carried> ways = new HashMap<>();
  private int number;
  private boolean closed;

  TcpWays(PeerPort port, IceSession session) {
    this.port = port;
    this.session = session;
  }

  /** What a connection to there is to the agent. */
  CandidatePair pair(InetSocketAddress peer) {
    return new CandidatePair(Base.tcp(number++, peer), peer);
  }

  /**
   * Makes a way of a connection, to whose end it is to be added; the session is told then.
   *
   * @param broken run when it is no more, unless we have closed it
   */
  TcpWay add(CandidatePair pair, Channel channel, Runnable broken) {
    TcpWay way = new TcpWay(channel, new Incoming(pair, broken));
    ways.put(pair.local(), new Carried(pair, way, broken));
    return way;
  }

  /** Opens a connection to a candidate of the peer's. */
  void dial(InetSocketAddress to) {
    ChannelFuture dialling = port.dial(to);
    if (PunchSockets.noneOpened(dialling)) {
      port.loop().execute(() -> session.dialFailed(to));
      return;
    }
    dialling.addListener((ChannelFuture done) -> {
      if (!done.isSuccess()) {
        session.dialFailed(to);
      } else if (closed) {
        done.channel().close();
      } else {
        done.channel().pipeline().addLast(DatagramFraming.decoder(TcpWay.LONGEST));
        carry(done.channel(), to);
      }
    });
  }

  /** The peer has opened a connection, and begun with that check. */
  void accepted(Channel channel, ByteBuf check) {
    InetSocketAddress peer = (InetSocketAddress) channel.remoteAddress();
    CandidatePair pair = carry(channel, peer);
    session.received(pair.local(), peer, check);
  }

  private CandidatePair carry(Channel channel, InetSocketAddress peer) {
    CandidatePair pair = pair(peer);
    channel.pipeline().addLast(add(pair, channel, () -> {}));
    session.opened(pair.local());
    port.loop().schedule(() -> closeUnlessValid(pair), ANSWER_SECONDS, TimeUnit.SECONDS);
    return pair;
  }

  private void closeUnlessValid(CandidatePair pair) {
    if (!session.isValid(pair)) {
      close(pair);
    }
  }

  /** Sends datagrams, as {@link TcpWay#send} does; they are lost when there is no such base. */
  void send(Base base, ByteBuf datagrams, int size) {
    Carried carried = ways.get(base);
    if (carried != null) {
      carried.way().send(datagrams, size);
    }
  }

  /** What came from an address that has gone does not come any more. */
  void networkChanged() {
    for (Carried each : List.copyOf(ways.values())) {
      if (!each.way().isFromHere()) {
        close(each.pair());
        each.broken().run();
      }
    }
  }

  /** Ends one. */
  void close(CandidatePair pair) {
    Carried carried = ways.remove(pair.local());
    if (carried != null) {
      carried.way().close();
      session.closed(pair.local());
    }
  }

  /** Ends all. */
  void close() {
    closed = true;
    List.copyOf(ways.values()).forEach(each -> each.way().close());
    ways.clear();
  }

  private final class Incoming implements TcpWay.Receiver {
    private final CandidatePair pair;
    private final Runnable broken;

    Incoming(CandidatePair pair, Runnable broken) {
      this.pair = pair;
      this.broken = broken;
    }

    @Override
    public void received(ByteBuf datagram) {
      int first = datagram.getUnsignedByte(datagram.readerIndex());
      switch (DatagramKind.of(first, false)) {
        case STUN -> session.received(pair.local(), pair.remote(), datagram);
        case QUIC -> session.data(pair, datagram);
        case CHANNEL_DATA, OTHER -> {} // of no protocol that a peer speaks
      }
    }

    @Override
    public void broken() {
      ways.remove(pair.local());
      session.closed(pair.local());
      broken.run();
    }
  }
}
