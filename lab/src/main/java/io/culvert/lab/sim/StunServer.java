package io.culvert.lab.sim;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.stun.StunAttribute.XorMappedAddress;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunCodec;
import io.culvert.wire.stun.StunMessage;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/** Tells everybody his address. */
public final class StunServer {
  /** RFC 8489, section 18.6. */
  public static final int PORT = 3478;

  private final SimSocket socket;

  private StunServer(SimSocket socket) {
    this.socket = socket;
    socket.onReceive(
        (request, from) -> answer(request, from).ifPresent(answer -> socket.send(answer, from)));
  }

  /** One at that host, at the usual port. */
  public static StunServer on(Host host) {
    return on(host, PORT);
  }

  public static StunServer on(Host host, int port) {
    return new StunServer(host.bind(port));
  }

  /** Its address of IPv4. */
  public InetSocketAddress address() {
    return address(socket, true);
  }

  /** Its address of IPv6. */
  public InetSocketAddress ipv6Address() {
    return address(socket, false);
  }

  static InetSocketAddress address(SimSocket socket, boolean ipv4) {
    InetAddress address =
        socket.host().addresses().stream()
            .filter(each -> each instanceof Inet4Address == ipv4)
            .findFirst()
            .orElseThrow();
    return new InetSocketAddress(address, socket.port());
  }

  /** The answer to a Binding request; none to anything else. */
  static Optional<byte[]> answer(byte[] request, InetSocketAddress from) {
    return message(request)
        .filter(message -> message.messageClass() == StunClass.REQUEST)
        .filter(message -> message.method() == StunMessage.BINDING)
        .map(message -> bytes(message.answer(StunClass.SUCCESS, new XorMappedAddress(from))));
  }

  static Optional<StunMessage> message(byte[] bytes) {
    ByteBuf buffer = Unpooled.wrappedBuffer(bytes);
    if (!StunCodec.looksLikeStun(buffer)) {
      return Optional.empty();
    }
    try {
      return Optional.of(StunCodec.decode(buffer));
    } catch (MalformedMessageException e) {
      return Optional.empty(); // as a server does that leaves no trace of strangers
    }
  }

  static byte[] bytes(StunMessage message) {
    ByteBuf buffer = Unpooled.buffer();
    StunCodec.encode(message, buffer);
    return ByteBufUtil.getBytes(buffer);
  }
}
