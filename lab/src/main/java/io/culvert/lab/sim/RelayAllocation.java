package io.culvert.lab.sim;

import io.culvert.wire.stun.ChannelData;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TransactionId;
import io.culvert.wire.stun.TurnAttribute.Data;
import io.culvert.wire.stun.TurnAttribute.XorPeerAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** A client's addresses at a {@link RelayServer}, until it is closed: nothing in it expires. */
public final class RelayAllocation {
  private final RelayServer server;
  private final InetSocketAddress client;
  private final SimSocket socket;
  private final Set<InetAddress> permissions = new HashSet<>();
  private final Map<InetSocketAddress, Integer> channels = new HashMap<>();
  private final Map<Integer, InetSocketAddress> peers = new HashMap<>();
  private long indications;

  RelayAllocation(RelayServer server, InetSocketAddress client, SimSocket socket) {
    this.server = server;
    this.client = client;
    this.socket = socket;
    socket.onReceive(this::fromPeer);
  }

  /** The relayed address of IPv4. */
  public InetSocketAddress address() {
    return StunServer.address(socket, true);
  }

  /** The relayed address of IPv6. */
  public InetSocketAddress ipv6Address() {
    return StunServer.address(socket, false);
  }

  /** Lets data pass from and to every port of that address: CreatePermission. */
  public void permit(InetAddress peer) {
    permissions.add(peer);
  }

  /**
   * Lets data from and to that peer travel as ChannelData of that number: ChannelBind, which is a
   * permission, too.
   *
   * @param channel {@link ChannelData#FIRST} to {@link ChannelData#LAST}
   */
  public void bindChannel(int channel, InetSocketAddress peer) {
    permit(peer.getAddress());
    channels.put(peer, channel);
    peers.put(channel, peer);
  }

  public void close() {
    socket.close();
    server.closed(client, this);
  }

  /** Send indication of the client. */
  void sendIndication(StunMessage message) {
    message
        .first(XorPeerAddress.class)
        .ifPresent(peer ->
            message.first(Data.class).ifPresent(data -> toPeer(data.bytes(), peer.address())));
  }

  void channelData(byte[] packet) {
    ByteBuf buffer = Unpooled.wrappedBuffer(packet);
    if (ChannelData.isWhole(buffer, 0, packet.length)) {
      InetSocketAddress peer = peers.get(ChannelData.channel(buffer, 0));
      if (peer != null) {
        toPeer(
            ByteBufUtil.getBytes(
                buffer, ChannelData.HEADER_BYTES, ChannelData.dataLength(buffer, 0)),
            peer);
      }
    }
  }

  private void toPeer(byte[] data, InetSocketAddress peer) {
    if (permissions.contains(peer.getAddress())) {
      socket.send(data, peer);
    }
  }

  private void fromPeer(byte[] data, InetSocketAddress peer) {
    if (!permissions.contains(peer.getAddress())) {
      return;
    }
    Integer channel = channels.get(peer);
    server.toClient(channel == null ? indication(data, peer) : framed(data, channel), client);
  }

  private byte[] indication(byte[] data, InetSocketAddress peer) {
    return StunServer.bytes(
        new StunMessage(
            StunClass.INDICATION,
            StunMessage.DATA,
            new TransactionId(0, ++indications),
            List.of(new XorPeerAddress(peer), new Data(data))));
  }

  private static byte[] framed(byte[] data, int channel) {
    ByteBuf buffer = Unpooled.buffer(ChannelData.HEADER_BYTES + data.length);
    buffer.writeZero(ChannelData.HEADER_BYTES);
    ChannelData.setHeader(buffer, 0, channel, data.length);
    return ByteBufUtil.getBytes(buffer.writeBytes(data));
  }
}
