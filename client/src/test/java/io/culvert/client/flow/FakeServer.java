package io.culvert.client.flow;

import io.culvert.client.ServerAddress;
import io.culvert.client.net.PunchSockets;
import io.culvert.client.tls.ServerTrust;
import io.culvert.client.tls.TlsPolicy;
import io.culvert.wire.flow.CallData;
import io.culvert.wire.flow.CallDataCodec;
import io.culvert.wire.flow.FlowChannelCodec;
import io.culvert.wire.flow.FlowCodec;
import io.culvert.wire.flow.FlowMessage;
import io.culvert.wire.flow.FlowMessage.Failure;
import io.culvert.wire.flow.FlowMessage.FromClient;
import io.culvert.wire.flow.FlowMessage.HeartBeat;
import io.culvert.wire.flow.FlowMessage.LoggedOut;
import io.culvert.wire.flow.FlowMessage.LoginRequest;
import io.culvert.wire.flow.FlowMessage.LoginResponse;
import io.culvert.wire.flow.FlowMessage.Logout;
import io.culvert.wire.flow.FlowMessage.Relay;
import io.culvert.wire.flow.FlowMessage.SessionStarted;
import io.culvert.wire.flow.FlowMessage.StartSession;
import io.culvert.wire.flow.FlowMessage.Unreadable;
import io.culvert.wire.flow.Head;
import io.culvert.wire.flow.SignalType;
import io.culvert.wire.flow.TurnCredentials;
import io.culvert.wire.stun.StunAttribute.XorMappedAddress;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunCodec;
import io.culvert.wire.stun.StunFrameDecoder;
import io.culvert.wire.stun.StunMessage;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** A flow server on the loopback address that does what a test tells it: account, signal, STUN. */
final class FakeServer implements AutoCloseable {
  static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  /** What the server tells of itself. */
  volatile InetAddress signalAddress = LOOPBACK;

  /** The relay of calls; the STUN server here when there is none, which relays nothing. */
  volatile Optional<InetSocketAddress> relay = Optional.empty();

  /** The caller's credentials there. */
  volatile Optional<TurnCredentials> turn = Optional.empty();

  /** The callee's. */
  volatile Optional<TurnCredentials> peerTurn = Optional.empty();

  /** Whether answers carry the numbers of their questions. */
  volatile boolean numbersAnswers = true;

  /** Whether frames come byte by byte, with a NUL at the end. */
  volatile boolean dribbles;

  /** Whether nobody is let in. */
  volatile boolean refusesLogins;

  private final EventLoopGroup group = PunchSockets.TRANSPORT.eventLoops(1, "fake-flow-server");
  private final Channel account;
  private final Channel signal;
  private final Channel stunOverTcp;
  private final Channel stunOverUdp;
  private final List<FromClient> heard = new CopyOnWriteArrayList<>();
  private final BlockingQueue<Relay> toScripted = new LinkedBlockingQueue<>();
  // Confined to the event loop.
  private final Map<String, String> tokens = new HashMap<>();
  private final Map<String, Channel> online = new HashMap<>();
  private int lastToken;
  private long nextSession = 112;

  /** One that knows no TLS. */
  FakeServer() {
    this(Optional.empty(), Optional.empty());
  }

  /** One that speaks TLS on the account port, on the signal port, or on both. */
  FakeServer(Optional<SslContext> accountTls, Optional<SslContext> signalTls) {
    account = listen(accountTls, FlowChannelCodec::server, () -> new Conversation(false));
    signal = listen(signalTls, FlowChannelCodec::server, () -> new Conversation(true));
    Stun stun = Stream.generate(this::openStun).flatMap(Optional::stream).findFirst().orElseThrow();
    stunOverTcp = stun.tcp();
    stunOverUdp = stun.udp();
  }

  private record Stun(Channel tcp, Channel udp) {}

  /** On one number; nothing when somebody else has it for UDP. */
  private Optional<Stun> openStun() {
    Channel tcp = listen(Optional.empty(), () -> new StunFrameDecoder(1000), StunOverTcp::new);
    ChannelFuture binding =
        new Bootstrap()
            .group(group)
            .channel(NioDatagramChannel.class)
            .handler(new StunOverUdp())
            .bind(LOOPBACK, port(tcp))
            .awaitUninterruptibly();
    if (!binding.isSuccess()) {
      tcp.close();
      return Optional.empty();
    }
    return Optional.of(new Stun(tcp, binding.channel()));
  }

  ServerAddress address() {
    return new ServerAddress("127.0.0.1", port(account));
  }

  FlowLogin login(String name) {
    return new FlowLogin(
        address(),
        name,
        new Credential.Password("password of " + name),
        TlsPolicy.NONE,
        new ServerTrust.FirstUse());
  }

  int signalPort() {
    return port(signal);
  }

  /** All that clients have said, in order. */
  List<FromClient> heard() {
    return List.copyOf(heard);
  }

  <T extends FromClient> List<T> heard(Class<T> type) {
    return heard.stream().filter(type::isInstance).map(type::cast).toList();
  }

  /** What was said to bob, who is always online and whose part the test plays. */
  CallData toBob() throws Exception {
    Relay signalled = toScripted.poll(20, TimeUnit.SECONDS);
    if (signalled == null) {
      throw new AssertionError("nobody has said anything to bob");
    }
    return CallDataCodec.decode(signalled.passedOn());
  }

  boolean hasMoreForBob() {
    return !toScripted.isEmpty();
  }

  /** Bob says something. */
  void fromBob(CallData data) {
    say(data.me().account(), CallDataCodec.relay(Head.EMPTY, data));
  }

  /** The server itself says something. */
  void say(String name, FlowMessage message) {
    group.next().submit(() -> send(online(name), message)).syncUninterruptibly();
  }

  /** The signal connection breaks. */
  void drop(String name) {
    group.next().submit(() -> online(name).close()).syncUninterruptibly();
  }

  /** All tokens are dead. */
  void forgetTokens() {
    group.next().submit(tokens::clear).syncUninterruptibly();
  }

  @Override
  public void close() {
    List.of(account, signal, stunOverTcp, stunOverUdp).forEach(Channel::close);
    group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
  }

  private Channel online(String name) {
    Channel channel = online.get(name);
    if (channel == null) {
      throw new AssertionError(name + " is not online");
    }
    return channel;
  }

  private void send(Channel channel, FlowMessage message) {
    if (!dribbles) {
      channel.writeAndFlush(message);
      return;
    }
    byte[] json = FlowCodec.write(message);
    ByteBuf frame = Unpooled.buffer().writeShort(json.length + 1).writeBytes(json).writeByte(0);
    while (frame.isReadable()) {
      channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {frame.readByte()}));
    }
  }

  private Channel listen(
      Optional<SslContext> tls, Supplier<ChannelHandler> codec, Supplier<ChannelHandler> handler) {
    return new ServerBootstrap()
        .group(group)
        .channel(NioServerSocketChannel.class)
        .childHandler(
            new ChannelInitializer<>() {
              @Override
              protected void initChannel(Channel channel) {
                tls.ifPresent(
                    context -> channel.pipeline().addLast(context.newHandler(channel.alloc())));
                channel.pipeline().addLast(codec.get(), handler.get());
              }
            })
        .bind(LOOPBACK, 0)
        .syncUninterruptibly()
        .channel();
  }

  private static int port(Channel channel) {
    return ((InetSocketAddress) channel.localAddress()).getPort();
  }

  private final class Conversation extends SimpleChannelInboundHandler<FromClient> {
    private final boolean signals;
    private String name = "";

    Conversation(boolean signals) {
      this.signals = signals;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, FromClient message) {
      heard.add(message);
      Channel channel = ctx.channel();
      Head head = numbersAnswers ? message.head().answer() : Head.EMPTY;
      String sender = tokens.getOrDefault(message.head().token(), "");
      switch (message) {
        case LoginRequest login -> send(channel, logIn(login, head, sender));
        case HeartBeat _ when sender.isEmpty() -> {
          send(channel, new Failure(head, SignalType.HEART_BEAT, "unknown token"));
          channel.close();
        }
        case HeartBeat _ -> {
          name = sender;
          online.put(sender, channel);
        }
        case StartSession start -> send(channel, startSession(start, head));
        case Relay relay -> relay(channel, relay, head);
        case Logout _ -> {
          tokens.remove(message.head().token());
          send(channel, new LoggedOut(head));
        }
        case Unreadable unreadable -> throw new AssertionError(unreadable.description());
      }
      if (!signals && !(message instanceof LoginRequest)) {
        throw new AssertionError("not for the account server: " + message);
      }
    }

    private FlowMessage logIn(LoginRequest login, Head head, String sender) {
      boolean right =
          login.password().isEmpty()
              ? !sender.isEmpty()
              : login.password().equals("password of " + login.account());
      if (refusesLogins || !right) {
        return new Failure(head, SignalType.LOGIN_RESPONSE, "account or password is wrong");
      }
      String token = login.head().token();
      if (token.isEmpty()) {
        token = "%032d".formatted(++lastToken);
        tokens.put(token, login.account());
      }
      return new LoginResponse(
          head.withToken(token),
          new InetSocketAddress(signalAddress, signalPort()),
          "127.0.0.1:" + port(stunOverUdp),
          tokens.getOrDefault(token, ""),
          Optional.empty());
    }

    private FlowMessage startSession(StartSession start, Head head) {
      if (start.peerAccount().equals(start.myAccount())) {
        return new Failure(head, SignalType.SESSION_STARTED, "it is you");
      }
      if (!start.peerAccount().equals("bob") && !online.containsKey(start.peerAccount())) {
        return new Failure(head, SignalType.SESSION_STARTED, "peer is offline");
      }
      long session = nextSession;
      nextSession += 2;
      return new SessionStarted(
          head,
          start.myAccount(),
          start.peerAccount(),
          session,
          relay.or(() -> Optional.of(new InetSocketAddress(LOOPBACK, port(stunOverUdp)))),
          turn,
          peerTurn);
    }

    private void relay(Channel channel, Relay relay, Head head) {
      Channel target = online.get(relay.peerAccount());
      if (target != null) {
        send(target, relay.passedOn());
      } else if (relay.peerAccount().equals("bob")) {
        toScripted.add(relay);
      } else {
        send(channel, new Failure(head, relay.answerType(), "peer is offline"));
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      online.remove(name, ctx.channel());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close(); // a client that does not like our TLS
    }
  }

  private static StunMessage answer(StunMessage request, InetSocketAddress from) {
    return request.answer(StunClass.SUCCESS, new XorMappedAddress(from));
  }

  private static final class StunOverTcp extends SimpleChannelInboundHandler<ByteBuf> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes) throws Exception {
      InetSocketAddress from = (InetSocketAddress) ctx.channel().remoteAddress();
      ByteBuf out = Unpooled.buffer();
      StunCodec.encode(answer(StunCodec.decode(bytes), from), out);
      ctx.writeAndFlush(out);
    }
  }

  private static final class StunOverUdp extends SimpleChannelInboundHandler<DatagramPacket> {
    @Override
    protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) throws Exception {
      ByteBuf out = Unpooled.buffer();
      StunCodec.encode(answer(StunCodec.decode(packet.content()), packet.sender()), out);
      ctx.writeAndFlush(new DatagramPacket(out, packet.sender()));
    }
  }
}
