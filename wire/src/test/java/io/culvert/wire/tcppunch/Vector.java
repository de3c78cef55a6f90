package io.culvert.wire.tcppunch;

import io.culvert.wire.tcppunch.TcpPunchMessage.Ack;
import io.culvert.wire.tcppunch.TcpPunchMessage.Data;
import io.culvert.wire.tcppunch.TcpPunchMessage.Introduce;
import io.culvert.wire.tcppunch.TcpPunchMessage.IntroduceRefused;
import io.culvert.wire.tcppunch.TcpPunchMessage.Introduction;
import io.culvert.wire.tcppunch.TcpPunchMessage.Kind;
import io.culvert.wire.tcppunch.TcpPunchMessage.Online;
import io.culvert.wire.tcppunch.TcpPunchMessage.OnlineAccepted;
import io.culvert.wire.tcppunch.TcpPunchMessage.OnlineRefused;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/** A message and its bytes, written by hand from the description of the protocol. */
record Vector(StreamKind stream, TcpPunchMessage message, String hex) {
  private static final InetSocketAddress LAN = new InetSocketAddress("192.168.1.20", 40000);
  private static final InetSocketAddress WAN = new InetSocketAddress("203.0.113.7", 61000);
  private static final InetSocketAddress LAST_PORT = new InetSocketAddress("10.0.0.2", 65535);
  private static final InetSocketAddress NO_PORT = new InetSocketAddress("255.254.128.127", 0);

  static List<Vector> all() {
    return List.of(
        new Vector(StreamKind.MAIN, new Online("alice"), "00000008 0001 05 616c696365"),
        new Vector(StreamKind.MAIN, new Online("böb 🚇"), "0000000c 0001 09 62c3b66220f09f9a87"),
        new Vector(StreamKind.MAIN, new OnlineAccepted("s3cret"), "00000009 0002 06 733363726574"),
        new Vector(StreamKind.MAIN, new OnlineRefused(), "00000002 0003"),
        new Vector(
            StreamKind.MAIN,
            new Introduction(Kind.INVITE, LAN, WAN, "alice"),
            "00000015 0013 01 c0a80114 9c40 cb007107 ee48 05 616c696365"),
        new Vector(
            StreamKind.MAIN,
            new Introduction(Kind.ACCEPT, LAST_PORT, NO_PORT, "b"),
            "00000011 0013 02 0a000002 ffff fffe807f 0000 01 62"),
        new Vector(
            StreamKind.AUX,
            new Introduce(Kind.INVITE, LAN, "s3cret", "bob"),
            "0011 01 c0a80114 9c40 06 733363726574 03 626f62"),
        new Vector(
            StreamKind.AUX,
            new Introduce(Kind.ACCEPT, LAST_PORT, "s", "alice"),
            "0011 02 0a000002 ffff 01 73 05 616c696365"),
        new Vector(StreamKind.AUX, new IntroduceRefused(), "0012"),
        new Vector(StreamKind.LINK, new Ack("alice"), "0021 05 616c696365"),
        new Vector(StreamKind.LINK, new Data("alice", ascii("hi")), "0031 05 616c696365 02 6869"),
        new Vector(StreamKind.LINK, new Data("alice", ascii("")), "0031 05 616c696365 00"));
  }

  static List<Vector> of(StreamKind stream) {
    return all().stream().filter(vector -> vector.stream() == stream).toList();
  }

  byte[] bytes() {
    return bytes(hex);
  }

  ByteBuf buffer() {
    return Unpooled.wrappedBuffer(bytes());
  }

  /** The bytes that these digits spell, however they are grouped. */
  static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public String toString() {
    return message.getClass().getSimpleName() + " " + hex;
  }
}
