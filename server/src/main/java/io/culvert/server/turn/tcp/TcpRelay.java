package io.culvert.server.turn.tcp;

import io.culvert.server.net.AcceptFailures;
import io.culvert.wire.transport.Transport;
import io.culvert.wire.transport.udp.Endpoint;
import io.culvert.wire.transport.udp.EndpointMap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketProtocolFamily;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The TCP relayed address of an allocation: a port that peers connect to, and that connections to
 * peers are made from. Confined to the thread of its loop.
 */
public final class TcpRelay implements AutoCloseable {
  /** More connections than any client has that means well, whether bound or not. */
  public static final int MOST = 64;

  /** How long a peer may take to accept (RFC 6062 §5.2). */
  static final Duration CONNECT_WITHIN = Duration.ofSeconds(30);

  private static final Duration SILENCE = Duration.ofSeconds(30);
  private static final int BACKLOG = 64;
  private static final WriteBufferWaterMark UNREAD = new WriteBufferWaterMark(32 << 10, 64 << 10);

  /** Whose the relay is. */
  public interface Owner {
    /** The user that connections of clients must belong to. */
    String user();

    /** Where the connection of its client comes from that the relay belongs to; on the loop. */
    Endpoint client();

    /** Who connects from that address, as the client calls it; null when nobody there may. */
    @Nullable Endpoint admit(Endpoint source);

    /** A peer has connected. */
    void attempted(PeerConnection connection);

    /** A meter for one end of a connection. */
    Meter meter();

    /** So many bytes of a client have been handed to a peer's connection; on the loop. */
    void toPeer(int bytes);

    /** So many bytes of a peer have been handed to a client's connection; on the loop. */
    void toClient(int bytes);
  }

  /** What comes of a request to connect; called on the loop, once. */
  public interface Outcome {
    /** The peer has accepted. */
    void connected(PeerConnection connection);

    /** It has not, or not in time. */
    void failed();
  }

  /**
   * What sockets are made with; both throw a ChannelException when the system grants none.
   *
   * @param listening for peers
   * @param connecting to peers
   */
  record Sockets(
      ChannelFactory<? extends ServerSocketChannel> listening,
      ChannelFactory<? extends SocketChannel> connecting) {
    static Sockets of(InetSocketAddress local) {
      SocketProtocolFamily family =
          local.getAddress() instanceof Inet4Address
              ? SocketProtocolFamily.INET
              : SocketProtocolFamily.INET6;
      Transport transport = Transport.best();
      return new Sockets(transport.serverSockets(family), transport.sockets(family));
    }
  }

  /** Of all relays: when descriptors run out, they do so for all at once. */
  private static final AcceptFailures ACCEPT_FAILURES = new AcceptFailures();

  private final EventLoop loop;
  private final Sockets sockets;
  private final InetSocketAddress local;
  private final Owner owner;
  private final UnboundConnections unbound;
  private final EndpointMap<Channel> peers;
  private final ServerSocketChannel listener;
  private boolean closed;

  /**
   * Listens at that address, whose port is not 0.
   *
   * @param seed a random number that nobody outside knows
   * @throws IOException when the address cannot be had
   */
  public static TcpRelay open(
      EventLoop loop, InetSocketAddress local, Owner owner, UnboundConnections unbound, long seed)
      throws IOException {
    return open(loop, Sockets.of(local), local, owner, unbound, seed);
  }

  static TcpRelay open(
      EventLoop loop,
      Sockets sockets,
      InetSocketAddress local,
      Owner owner,
      UnboundConnections unbound,
      long seed)
      throws IOException {
    try {
      TcpRelay relay = new TcpRelay(loop, sockets, local, owner, unbound, seed);
      relay.listen();
      return relay;
    } catch (ChannelException e) {
      throw new IOException("a relay's socket cannot be had", e);
    }
  }

  private TcpRelay(
      EventLoop loop,
      Sockets sockets,
      InetSocketAddress local,
      Owner owner,
      UnboundConnections unbound,
      long seed) {
    this.loop = loop;
    this.sockets = sockets;
    this.local = local;
    this.owner = owner;
    this.unbound = unbound;
    this.peers = new EndpointMap<>(seed);
    this.listener = sockets.listening().newChannel();
  }

  /** On the channel's own loop all of this is done at once. */
  private void listen() throws IOException {
    Transport.best().sharePort(listener.config()::setOption);
    listener.config().setOption(ChannelOption.SO_BACKLOG, BACKLOG);
    listener.pipeline().addLast(ACCEPT_FAILURES, new Accepting());
    loop.register(listener);
    ChannelFuture bound = listener.bind(local);
    if (!bound.isSuccess()) {
      listener.close();
      throw bound.cause() instanceof IOException failure
          ? failure
          : new IOException("a relay's port cannot be had", bound.cause());
    }
  }

  /** The port that the kernel says. */
  public InetSocketAddress localAddress() {
    return listener.localAddress();
  }

  /** Whether there is a connection with that peer, or is about to be one. */
  public boolean hasConnection(Endpoint peer) {
    return peers.get(peer) != null;
  }

  /** Whether there may be no more connections. */
  public boolean isFull() {
    return peers.size() >= MOST;
  }

  /**
   * Connects to a peer that there is no connection with.
   *
   * @param peer what the client calls it
   * @param route where it is
   */
  public void connect(Endpoint peer, Endpoint route, Outcome outcome) {
    SocketChannel channel;
    try {
      channel = sockets.connecting().newChannel();
    } catch (ChannelException e) { // no descriptor is left
      outcome.failed();
      return;
    }
    Transport.best().sharePort(channel.config()::setOption);
    channel.config().setConnectTimeoutMillis(Math.toIntExact(CONNECT_WITHIN.toMillis()));
    configure(channel);
    peers.put(peer, channel);
    loop.register(channel);
    if (channel.bind(local).isSuccess()) {
      channel
          .connect(route.toSocketAddress())
          .addListener(ended -> connected(peer, channel, outcome));
    } else {
      connected(peer, channel, outcome);
    }
  }

  private void connected(Endpoint peer, SocketChannel channel, Outcome outcome) {
    if (channel.isActive()) {
      outcome.connected(established(peer, channel));
    } else {
      forget(peer);
      channel.close();
      outcome.failed();
    }
  }

  private static void configure(SocketChannel channel) {
    channel.config().setAutoRead(false);
    channel.config().setAllowHalfClosure(true);
    channel.config().setTcpNoDelay(true);
    channel.config().setWriteBufferWaterMark(UNREAD);
    Transport.best().detectDeadPeer(SILENCE, channel.config()::setOption);
  }

  private PeerConnection established(Endpoint peer, SocketChannel channel) {
    PeerConnection connection = new PeerConnection(channel, peer, owner, unbound);
    channel.closeFuture().addListener(ended -> forget(peer));
    return connection;
  }

  private void forget(Endpoint peer) {
    if (!closed) {
      peers.remove(peer);
    }
  }

  private void accept(SocketChannel channel) {
    InetSocketAddress remote = channel.remoteAddress();
    Endpoint peer = remote == null || isFull() ? null : owner.admit(Endpoint.of(remote));
    loop.register(channel);
    if (peer == null || hasConnection(peer)) {
      channel.close();
      return;
    }
    configure(channel);
    peers.put(peer, channel);
    owner.attempted(established(peer, channel));
  }

  /** Ends it with all of its connections, and so with those of the client that belong to them. */
  @Override
  public void close() {
    closed = true;
    listener.close();
    peers.forEach((peer, channel) -> channel.close());
  }

  /** Netty hands over what it has accepted as messages. */
  private final class Accepting extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
      accept((SocketChannel) message);
    }
  }
}
