package io.culvert.client.portmap;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.portmap.PortmapCodec;
import io.culvert.wire.portmap.PortmapMessage;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The handler of a UDP socket to which messages of PCP and NAT-PMP come. */
final class GatewaySocket extends SimpleChannelInboundHandler<DatagramPacket> {
  private static final Logger log = LoggerFactory.getLogger(GatewaySocket.class);

  /** Who reads. Anybody in the network may have sent it. */
  interface Receiver {
    void heard(PortmapMessage message, InetSocketAddress from);

    /** The other end's system says that nobody listens there. */
    void unreachable();
  }

  private final Receiver receiver;

  GatewaySocket(Receiver receiver) {
    this.receiver = receiver;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, DatagramPacket packet) {
    PortmapMessage message;
    try {
      message = PortmapCodec.decode(packet.content());
    } catch (MalformedMessageException e) {
      return; // no answer of a router
    }
    receiver.heard(message, packet.sender());
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (cause instanceof PortUnreachableException) {
      receiver.unreachable();
    } else if (cause instanceof IOException) {
      log.debug("The router cannot be asked: {}", cause.toString());
    } else {
      log.error("A message from the router could not be handled", cause);
    }
  }
}
