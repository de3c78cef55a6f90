package io.culvert.server.turn;

import io.culvert.server.turn.Traffic.Figure;
import io.culvert.server.turn.pool.Bandwidth;
import io.culvert.server.turn.tcp.TcpRelay;
import io.culvert.wire.stun.AddressSlot;
import io.culvert.wire.stun.AttributeType;
import io.culvert.wire.stun.ChannelData;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunFrameDecoder;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.StunWriter;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/**
 * Data on its way: from clients to peers and back, one datagram at a time. Allocates nothing for
 * any of them. Confined to the thread of its loop.
 */
final class Relaying {
  /** What a datagram of IPv4 holds; a client over TCP may send more. */
  private static final int MOST_TO_PEER = 65_507;

  /** A header, an address of IPv4 and the beginning of DATA. */
  private static final int DATA_HEADER_BYTES_IPV4 = 20 + 12 + 4;

  private static final int DATA_HEADER_BYTES_IPV6 = 20 + 24 + 4;

  /** Types of ICMP (RFC 792). */
  private static final int DESTINATION_UNREACHABLE = 3;

  private static final int TIME_EXCEEDED = 11;

  /** And of ICMPv6; between them is Packet Too Big (RFC 4443 §3). */
  private static final int DESTINATION_UNREACHABLE_V6 = 1;

  private static final int TIME_EXCEEDED_V6 = 3;

  private final StunWriter writer = new StunWriter();
  private final SplittableRandom random;
  private final ByteBuf scratch;
  private final Traffic traffic;
  private final Resources resources;
  private final Bandwidth.Share bandwidth;
  private final LongSupplier clock;

  /**
   * Relays within these limits.
   *
   * @param scratch for what is not made of a datagram; its owner frees it
   */
  Relaying(ByteBuf scratch, Traffic traffic, Resources resources, LongSupplier clock) {
    this.scratch = scratch;
    this.traffic = traffic;
    this.resources = resources;
    this.bandwidth = resources.bandwidth().share();
    this.clock = clock;
    this.random = new SplittableRandom(resources.randomLong());
  }

  /** Whom a TCP relay of that allocation belongs to. */
  TcpRelay.Owner owner(Allocation allocation, RelayAddress home) {
    return new TcpRelayOwner(allocation, home, resources, traffic);
  }

  /** A client's ChannelData (RFC 8656 §12.6). */
  void channelData(Client client, ByteBuf buffer, int index, int length) {
    Allocation allocation = client.allocation();
    if (allocation == null) {
      traffic.count(Figure.NO_ALLOCATION);
      return;
    }
    if (!ChannelData.isWhole(buffer, index, length)) {
      traffic.count(Figure.BAD_DATA);
      return;
    }
    Channel channel = allocation.channel(ChannelData.channel(buffer, index));
    if (channel == null) {
      traffic.count(Figure.NO_CHANNEL);
      return;
    }
    if (!channel.isOpen(resources)) {
      traffic.count(Figure.FORBIDDEN_PEER);
      return;
    }
    allocation.heardFrom(client);
    int dataLength = ChannelData.dataLength(buffer, index);
    toPeer(
        allocation,
        channel.relay(),
        buffer,
        index + ChannelData.HEADER_BYTES,
        dataLength,
        channel.route(),
        false);
  }

  /** A client's Send indication (RFC 8656 §11.2). */
  void send(Client client, Request message) {
    Allocation allocation = client.allocation();
    if (allocation == null) {
      traffic.count(Figure.NO_ALLOCATION);
      return;
    }
    if (allocation.isTcp()
        || message.isFaulty()
        || message.unknowns() > 0
        || message.peers() == 0
        || !message.hasData()) {
      traffic.count(Figure.BAD_DATA);
      return;
    }
    AddressSlot peer = message.peer(0);
    Relay relay = allocation.relay(peer.ipv4());
    if (relay == null) {
      traffic.count(Figure.BAD_DATA);
      return;
    }
    Permission permission = allocation.permissions().of(peer.high(), peer.low());
    if (permission == null) {
      traffic.count(Figure.NO_PERMISSION);
      return;
    }
    Endpoint route = permission.route(peer.port(), relay.home(), resources);
    if (route == null) {
      traffic.count(Figure.FORBIDDEN_PEER);
      return;
    }
    allocation.heardFrom(client);
    toPeer(
        allocation,
        relay,
        message.reader().buffer(),
        message.dataAt(),
        message.dataLength(),
        route,
        message.wantsNoFragments());
  }

  private void toPeer(
      Allocation allocation,
      Relay relay,
      ByteBuf buffer,
      int index,
      int length,
      Endpoint route,
      boolean dontFragment) {
    if (length > MOST_TO_PEER) {
      traffic.count(Figure.BAD_DATA);
      return;
    }
    if (!admits(allocation, length)) {
      traffic.count(Figure.OVER_BANDWIDTH);
      return;
    }
    relay.send(buffer, index, length, route, dontFragment);
    allocation.countToPeer(length);
    traffic.count(Figure.PACKETS_TO_PEERS);
    traffic.add(Figure.BYTES_TO_PEERS, length);
  }

  private boolean admits(Allocation allocation, int length) {
    if (!resources.settings().limitsBandwidth()) {
      return true;
    }
    return allocation.grant().share().takeWith(bandwidth, length, clock.getAsLong());
  }

  /**
   * A datagram that has come to a relayed address (RFC 8656 §11.3, §12.7).
   *
   * @param buffer may be overwritten right before the datagram
   */
  void fromPeer(
      Allocation allocation,
      Relay relay,
      ByteBuf buffer,
      int index,
      int length,
      long high,
      long low,
      int port) {
    if (relay.home().isUntranslated(high, low)) {
      RelayAddress home = relay.home();
      toClient(
          allocation, buffer, index, length, home.advertisedHigh(), home.advertisedLow(), port);
    } else {
      toClient(allocation, buffer, index, length, high, low, port);
    }
  }

  private void toClient(
      Allocation allocation, ByteBuf buffer, int index, int length, long high, long low, int port) {
    if (allocation.permissions().of(high, low) == null) {
      traffic.count(Figure.NO_PERMISSION);
      return;
    }
    if (!admits(allocation, length)) {
      traffic.count(Figure.OVER_BANDWIDTH);
      return;
    }
    Channel channel = allocation.channel(high, low, port);
    boolean sent =
        channel == null
            ? data(allocation.client(), buffer, index, length, high, low, port)
            : channelData(allocation.client(), channel.number(), buffer, index, length);
    if (sent) {
      allocation.countToClient(length);
      traffic.count(Figure.PACKETS_TO_CLIENTS);
      traffic.add(Figure.BYTES_TO_CLIENTS, length);
    } else {
      traffic.count(Figure.SLOW_CLIENT);
    }
  }

  private static boolean channelData(
      Client client, int channel, ByteBuf buffer, int index, int length) {
    int at = index - ChannelData.HEADER_BYTES;
    ChannelData.setHeader(buffer, at, channel, length);
    return client.send(buffer, at, ChannelData.HEADER_BYTES + length);
  }

  /** Written around the data where it lies, in the room before it and in up to 3 bytes behind. */
  private boolean data(
      Client client, ByteBuf buffer, int index, int length, long high, long low, int port) {
    int end = index + length;
    int padding = ChannelData.padding(length);
    int start = index - dataHeaderBytes(Endpoint.isIpv4(high, low));
    if (end + padding - start > StunFrameDecoder.LONGEST || end + padding > buffer.capacity()) {
      return false;
    }
    int behind = bytes(buffer, end, padding);
    beginData(buffer.setIndex(start, start), high, low, port);
    int at = writer.open(AttributeType.DATA);
    buffer.writerIndex(end);
    writer.close(at);
    boolean sent = client.send(buffer, start, end + padding - start);
    for (int i = 0; i < padding; i++) {
      buffer.setByte(end + i, behind >>> (i * Byte.SIZE));
    }
    return sent;
  }

  /** Up to 4 bytes: there may be the next datagram, which is still to be read. */
  private static int bytes(ByteBuf buffer, int at, int count) {
    int bytes = 0;
    for (int i = 0; i < count; i++) {
      bytes |= buffer.getUnsignedByte(at + i) << (i * Byte.SIZE);
    }
    return bytes;
  }

  private static int dataHeaderBytes(boolean ipv4) {
    return ipv4 ? DATA_HEADER_BYTES_IPV4 : DATA_HEADER_BYTES_IPV6;
  }

  /** What was sent to a peer has not arrived: only certain types say so (RFC 8656 §11.5). */
  void unreachable(
      Allocation allocation, Relay relay, Endpoint route, int type, int code, int data) {
    boolean isPassedOn =
        relay.isIpv4()
            ? type == DESTINATION_UNREACHABLE || type == TIME_EXCEEDED
            : type >= DESTINATION_UNREACHABLE_V6 && type <= TIME_EXCEEDED_V6;
    if (!isPassedOn) {
      return;
    }
    boolean ours = relay.home().isUntranslated(route.high(), route.low());
    Endpoint peer = ours ? relay.home().advertised(route.port()) : route;
    if (allocation.permissions().of(peer.high(), peer.low()) == null) {
      traffic.count(Figure.NO_PERMISSION);
      return;
    }
    beginData(scratch.clear(), peer.high(), peer.low(), peer.port());
    writer.icmp(type, code, data);
    if (allocation.client().send(scratch, 0, scratch.writerIndex())) {
      traffic.count(Figure.ICMP);
    } else {
      traffic.count(Figure.SLOW_CLIENT);
    }
  }

  private void beginData(ByteBuf out, long high, long low, int port) {
    writer
        .begin(out, StunClass.INDICATION, StunMessage.DATA, random.nextInt(), random.nextLong())
        .xorAddress(AttributeType.XOR_PEER_ADDRESS, high, low, port, Endpoint.isIpv4(high, low));
  }
}
