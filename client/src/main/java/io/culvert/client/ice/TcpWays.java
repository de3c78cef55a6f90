package io.culvert.client.ice;

import io.culvert.client.net.PunchSockets;
import io.culvert.client.quic.DatagramKind;
import io.culvert.traversal.ice.Base;
import io.culvert.traversal.ice.CandidatePair;
import io.culvert.traversal.tcp.DialError;
import io.culvert.wire.ice.DatagramFraming;
import io.culvert.wire.transport.MonotonicTime;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The TCP connections of a session, each a base of its agent: those to candidates of the peer, and
 * those that the peer has opened. Confined to the event loop.
 */
final class TcpWays {
  /** So long the other end of a connection may take to answer a check. */
  private static final Duration ANSWER = Duration.ofSeconds(3);

  /** One that is open. */
  private record Carried(CandidatePair pair, TcpWay way, Instant since) {}

  private final PeerPort port;
  private final IceSession session;
  private final InstantSource time = new MonotonicTime();
  private final Map<Base, Carried> ways = new HashMap<>();
  private final Map<InetSocketAddress, ChannelFuture> dials = new HashMap<>();
  private int number;

  TcpWays(PeerPort port, IceSession session) {
    this.port = port;
    this.session = session;
  }

  /** Takes a connection to a candidate of the peer's, should there be one. */
  void dial(InetSocketAddress to, ChannelFuture dial) {
    if (PunchSockets.noneOpened(dial)) {
      port.loop().execute(() -> session.dialFailed(to, DialError.UNREACHABLE));
      return;
    }
    dials.put(to, dial);
    dial.addListener((ChannelFuture done) -> {
      // One that has been given up is not there any more; its socket is closed already.
      if (!dials.remove(to, done)) {
        done.channel().close();
      } else if (done.isSuccess()) {
        done.channel().pipeline().addLast(DatagramFraming.decoder(TcpWay.LONGEST));
        carry(done.channel(), to);
      } else {
        session.dialFailed(to, PunchSockets.dialError(done.cause()));
      }
    });
  }

  /** Gives up what is under way to there. */
  void abandon(InetSocketAddress to) {
    ChannelFuture dial = dials.remove(to);
    if (dial != null) {
      PunchSockets.reset(dial.channel());
    }
  }

  /** The peer has opened a connection, and begun with that check. */
  void accepted(Channel channel, ByteBuf check) {
    InetSocketAddress peer = (InetSocketAddress) channel.remoteAddress();
    CandidatePair pair = carry(channel, peer);
    session.received(pair.local(), peer, check);
  }

  private CandidatePair carry(Channel channel, InetSocketAddress peer) {
    CandidatePair pair = new CandidatePair(Base.tcp(number++, peer), peer);
    TcpWay way = new TcpWay(channel, new Incoming(pair));
    ways.put(pair.local(), new Carried(pair, way, time.instant()));
    channel.pipeline().addLast(way);
    session.opened(pair.local());
    port.loop().schedule(this::closeDead, ANSWER.toMillis(), TimeUnit.MILLISECONDS);
    return pair;
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
    closeIf(each -> !each.way().isFromHere());
  }

  /** Ends those whose other end has had its time and does not answer. */
  void closeDead() {
    Instant enough = time.instant().minus(ANSWER);
    closeIf(each -> !each.since().isAfter(enough) && !session.isValid(each.pair()));
  }

  private void closeIf(Predicate<Carried> condition) {
    for (Carried each : List.copyOf(ways.values())) {
      if (condition.test(each) && ways.remove(each.pair().local()) != null) {
        each.way().reset();
        session.closed(each.pair().local());
      }
    }
  }

  /** Ends all. */
  void close() {
    List.copyOf(dials.keySet()).forEach(this::abandon);
    List.copyOf(ways.values()).forEach(each -> each.way().close());
    ways.clear();
  }

  private final class Incoming implements TcpWay.Receiver {
    private final CandidatePair pair;

    Incoming(CandidatePair pair) {
      this.pair = pair;
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
    }
  }
}
