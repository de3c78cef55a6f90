package io.culvert.wire.portmap;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.HexFormat;
import java.util.List;

/** A message and its bytes, written by hand from the RFCs' pictures. */
record Vector(PortmapMessage message, String hex) {
  private static final Inet4Address EXTERNAL = Inet4Address.ofLiteral("203.0.113.7");
  private static final InetAddress CLIENT = InetAddress.ofLiteral("192.168.1.2");
  private static final InetAddress IPV6 = InetAddress.ofLiteral("2001:db8::2");
  private static final Pcp.Nonce NONCE = new Pcp.Nonce(0x0102030405060708L, 0x090a0b0c);

  private static final String MAPPED = "00000000000000000000ffff";
  private static final String NONCE_HEX = "0102030405060708090a0b0c";
  private static final String NOTHING = "000000000000000000000000";

  static List<Vector> all() {
    return List.of(
        new Vector(new NatPmp.AddressRequest(), "00 00"),
        new Vector(
            new NatPmp.AddressResponse(0x01020304, EXTERNAL), "00 80 0000 01020304 cb007107"),
        new Vector(
            new NatPmp.MapRequest(PortProtocol.UDP, 40_000, 40_001, 7200),
            "00 01 0000 9c40 9c41 00001c20"),
        new Vector(
            new NatPmp.MapRequest(PortProtocol.TCP, 65_535, 0, 0), "00 02 0000 ffff 0000 00000000"),
        new Vector(
            new NatPmp.MapResponse(PortProtocol.UDP, 0xffff_ffffL, 40_000, 40_001, 0xffff_fffeL),
            "00 81 0000 ffffffff 9c40 9c41 fffffffe"),
        new Vector(
            new NatPmp.MapResponse(PortProtocol.TCP, 1, 1, 2, 3),
            "00 82 0000 00000001 0001 0002 00000003"),
        new Vector(new NatPmp.Refused(1, NatPmp.NOT_AUTHORIZED), "00 81 0002 00000000"),
        new Vector(new NatPmp.Refused(0x7f, 0xffff), "00 ff ffff 00000000"),
        new Vector(new Pcp.AnnounceRequest(CLIENT), "02 00 0000 00000000" + MAPPED + "c0a80102"),
        new Vector(
            new Pcp.AnnounceRequest(IPV6), "02 00 0000 00000000 20010db8000000000000000000000002"),
        new Vector(new Pcp.AnnounceResponse(5), "02 80 0000 00000000 00000005" + NOTHING),
        new Vector(
            new Pcp.MapRequest(
                7200,
                CLIENT,
                NONCE,
                PortProtocol.UDP,
                40_000,
                40_001,
                InetAddress.ofLiteral("0.0.0.0")),
            "02 01 0000 00001c20"
                + MAPPED
                + "c0a80102"
                + NONCE_HEX
                + "11 000000 9c40 9c41"
                + MAPPED
                + "00000000"),
        new Vector(
            new Pcp.MapRequest(0, IPV6, NONCE, PortProtocol.TCP, 1, 0, InetAddress.ofLiteral("::")),
            "02 01 0000 00000000 20010db8000000000000000000000002"
                + NONCE_HEX
                + "06 000000 0001 0000 00000000000000000000000000000000"),
        new Vector(
            new Pcp.MapResponse(
                Pcp.SUCCESS, 600, 0xffff_ffffL, NONCE, PortProtocol.UDP, 40_000, 40_001, EXTERNAL),
            "02 81 00 00 00000258 ffffffff"
                + NOTHING
                + NONCE_HEX
                + "11 000000 9c40 9c41"
                + MAPPED
                + "cb007107"),
        new Vector(
            new Pcp.MapResponse(
                Pcp.NO_RESOURCES, 30, 9, NONCE, PortProtocol.TCP, 40_000, 0, EXTERNAL),
            "02 81 00 08 0000001e 00000009"
                + NOTHING
                + NONCE_HEX
                + "06 000000 9c40 0000"
                + MAPPED
                + "cb007107"),
        new Vector(
            new Pcp.Refused(1, Pcp.UNSUPP_VERSION, 1800, 77),
            "02 81 00 01 00000708 0000004d" + NOTHING),
        new Vector(new Pcp.OtherVersion(1, 1), "01 81 00 01 00000000 00000000" + NOTHING));
  }

  byte[] bytes() {
    return bytes(hex);
  }

  static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }
}
