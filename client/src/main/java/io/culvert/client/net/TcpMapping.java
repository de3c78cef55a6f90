package io.culvert.client.net;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.stun.StunAttribute.XorMappedAddress;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunCodec;
import io.culvert.wire.stun.StunFrameDecoder;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TransactionId;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Asks STUN servers over TCP from which address they see a port, and keeps those connections: a NAT
 * remembers the mapping as long as they live. Confined to the event loop.
 */
public final class TcpMapping {
  /** The answer to a Binding without credentials is far shorter. */
  private static final int MAX_MESSAGE_BYTES = 1024;

  private final PunchSockets sockets;
  private final RandomGenerator random;
  private final Runnable changed;
  private final Set<Channel> channels = new HashSet<>();
  private @Nullable InetSocketAddress address;

  /**
   * Nothing asked yet.
   *
   * @param random fit for secrets
   * @param changed runs when a server has answered, or will not
   */
  public TcpMapping(PunchSockets sockets, RandomGenerator random, Runnable changed) {
    this.sockets = sockets;
    this.random = random;
    this.changed = changed;
  }

  /** Asks one more, from that port of ours. */
  public void ask(int port, InetSocketAddress server) {
    ChannelFuture connecting =
        sockets.connect(port, server, new StunFrameDecoder(MAX_MESSAGE_BYTES), new Conversation());
    if (PunchSockets.noneOpened(connecting)) {
      return;
    }
    channels.add(connecting.channel());
    connecting.addListener((ChannelFuture connected) -> {
      if (!connected.isSuccess()) {
        gone(connected.channel());
      }
    });
  }

  /** From where a server has seen the port. */
  public Optional<InetSocketAddress> address() {
    return Optional.ofNullable(address);
  }

  /** Whether one has answered, or none will. */
  public boolean isOver() {
    return address != null || channels.isEmpty();
  }

  /** Keeps the connections from falling silent. */
  public void keepAlive() {
    channels.forEach(channel -> request(channel, TransactionId.random(random)));
  }

  /** Gives them up. */
  public void close() {
    Set.copyOf(channels).forEach(Channel::close);
  }

  private static void request(Channel channel, TransactionId transaction) {
    ByteBuf out = channel.alloc().buffer();
    StunCodec.encode(StunMessage.bindingRequest(transaction), out);
    channel.writeAndFlush(out);
  }

  private void gone(Channel channel) {
    if (channels.remove(channel)) {
      changed.run();
    }
  }

  private final class Conversation extends SimpleChannelInboundHandler<ByteBuf> {
    private final TransactionId transaction = TransactionId.random(random);

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
      request(ctx.channel(), transaction);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf bytes)
        throws MalformedMessageException {
      StunMessage message = StunCodec.decode(bytes);
      if (message.transactionId().equals(transaction)
          && message.messageClass() == StunClass.SUCCESS
          && address == null) {
        address = message.first(XorMappedAddress.class).map(XorMappedAddress::address).orElse(null);
        changed.run();
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
      gone(ctx.channel());
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
      ctx.close(); // no server of STUN, or one that is gone
    }
  }
}
