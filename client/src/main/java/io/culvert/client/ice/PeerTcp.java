package io.culvert.client.ice;

import io.culvert.client.net.PunchSockets;
import io.culvert.traversal.ice.Priorities;
import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.ice.CandidateType;
import io.culvert.wire.ice.DatagramFraming;
import io.culvert.wire.ice.IceCandidate;
import io.culvert.wire.ice.TcpType;
import io.culvert.wire.stun.StunAttribute.Username;
import io.culvert.wire.stun.StunCodec;
import io.culvert.wire.transport.SocketError;
import io.culvert.wire.transport.Transport;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.SocketProtocolFamily;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The TCP port of a peer, one of each family, at which others connect (RFC 6544), and connections
 * to theirs. Confined to the event loop.
 */
final class PeerTcp {
  private static final Logger log = LoggerFactory.getLogger(PeerTcp.class);

  /** So many connections may be open whose first check is awaited. */
  private static final int MOST_STRANGERS = 32;

  private static final long FIRST_CHECK_SECONDS = 5;

  private final EventLoop loop;
  private final PunchSockets sockets;
  private final Function<String, Optional<IceSession>> sessions;
  private final List<InetAddress> hosts = new ArrayList<>();
  private final Map<Boolean, Channel> listeners = new HashMap<>();
  private int strangers;
  private boolean closed;

  /**
   * Not open yet.
   *
   * @param sessions by the name in the checks that are for them
   */
  PeerTcp(EventLoop loop, Function<String, Optional<IceSession>> sessions) {
    this.loop = loop;
    this.sockets = new PunchSockets(loop, Transport.best());
    this.sessions = sessions;
  }

  /**
   * Opens the port; the task runs when that is done, once for each family.
   *
   * @param ipv6 whether this machine has that
   */
  void open(boolean ipv6, Runnable whenOpen) {
    open(SocketProtocolFamily.INET, whenOpen);
    if (ipv6) {
      open(SocketProtocolFamily.INET6, whenOpen);
    }
  }

  private void open(SocketProtocolFamily family, Runnable whenOpen) {
    ChannelFuture listening = sockets.listen(family, 0, this::accepted);
    if (PunchSockets.noneOpened(listening)) {
      none(listening.cause());
      return;
    }
    listening.addListener((ChannelFuture done) -> {
      if (!done.isSuccess()) {
        none(done.cause());
      } else if (closed) {
        done.channel().close();
      } else {
        listeners.put(family == SocketProtocolFamily.INET, done.channel());
        whenOpen.run();
      }
    });
  }

  /** There are other ways. */
  private static void none(Throwable why) {
    log.debug("No TCP port: {}", SocketError.explain(why));
  }

  /** What a host's address is besides, when that is one of UDP. */
  Stream<IceCandidate> beside(IceCandidate host) {
    InetAddress address = host.address().getAddress();
    boolean ipv4 = address instanceof Inet4Address;
    Channel listener = listeners.get(ipv4);
    if (listener == null || host.type() != CandidateType.HOST) {
      return Stream.empty();
    }
    if (!hosts.contains(address)) {
      hosts.add(address);
    }
    int port = ((InetSocketAddress) listener.localAddress()).getPort();
    return Stream.of(TcpType.ACTIVE, TcpType.PASSIVE)
        .map(type ->
            new IceCandidate(
                "tcp" + type.text() + hosts.indexOf(address),
                Priorities.ofTcp(CandidateType.HOST, type, ipv4, hosts.indexOf(address)),
                new InetSocketAddress(address, port),
                CandidateType.HOST,
                Optional.empty(),
                Optional.of(type)));
  }

  /** Connects to a candidate of a peer's that waits for that; ten seconds at most. */
  ChannelFuture dial(InetSocketAddress to) {
    return sockets.connect(0, to);
  }

  /** Ends it, but not the connections that sessions have taken over. */
  void close() {
    closed = true;
    listeners.values().forEach(Channel::close);
  }

  /** Somebody has connected, to this port or to another one that peers know. */
  void accepted(Channel channel) {
    if (strangers >= MOST_STRANGERS) {
      channel.close();
      return;
    }
    strangers++;
    Future<?> timeout = loop.schedule(() -> channel.close(), FIRST_CHECK_SECONDS, TimeUnit.SECONDS);
    channel.pipeline().addLast(DatagramFraming.decoder(TcpWay.LONGEST), new Stranger(timeout));
  }

  /** Somebody who has to begin with a check that only a peer of ours can have made. */
  private final class Stranger extends SimpleChannelInboundHandler<ByteBuf> {
    private final Future<?> timeout;
    private boolean gone;

    Stranger(Future<?> timeout) {
      this.timeout = timeout;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf datagram) {
      Optional<IceSession> session = name(datagram).flatMap(sessions);
      if (gone || session.filter(each -> each.isPeers(datagram)).isEmpty()) {
        ctx.close();
        return;
      }
      leave();
      ctx.pipeline().remove(this);
      session.get().accepted(ctx.channel(), datagram);
    }

    private void leave() {
      if (!gone) {
        gone = true;
        timeout.cancel(false);
        strangers--;
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      leave();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close(); // the network, or somebody who frames wrongly
    }
  }

  private static Optional<String> name(ByteBuf datagram) {
    try {
      return StunCodec.decode(datagram).first(Username.class).map(Username::name);
    } catch (MalformedMessageException e) {
      return Optional.empty(); // anybody can send anything
    }
  }
}
