package io.culvert.server.tcppunch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.net.InetSocketAddress;
import java.util.HexFormat;

/** The protocol's messages, put together by hand. */
final class Bytes {
  static final int INVITE = 1;
  static final int ACCEPT = 2;

  /** 0x0003 with its Len. */
  static final byte[] ONLINE_REFUSED = hex("00000002 0003");

  /** 0x0012. */
  static final byte[] INTRODUCE_REFUSED = hex("0012");

  private Bytes() {}

  /** Spaces are for the reader. */
  static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits.replace(" ", ""));
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      bytes.writeBytes(part);
    }
    return bytes.toByteArray();
  }

  static byte[] repeat(byte[] bytes, int times) {
    ByteArrayOutputStream repeated = new ByteArrayOutputStream();
    for (int i = 0; i < times; i++) {
      repeated.writeBytes(bytes);
    }
    return repeated.toByteArray();
  }

  /** 0x0001 with its Len. */
  static byte[] online(String clientId) {
    return frame(join(hex("0001"), id(clientId)));
  }

  /** 0x0002 with its Len. */
  static byte[] onlineAccepted(String sessionId) {
    return frame(join(hex("0002"), id(sessionId)));
  }

  /** 0x0011. */
  static byte[] introduce(int kind, InetSocketAddress local, String sessionId, String peerId) {
    return join(hex("0011"), new byte[] {(byte) kind}, endpoint(local), id(sessionId), id(peerId));
  }

  /** 0x0013 with its Len. */
  static byte[] introduction(
      int kind, InetSocketAddress local, InetSocketAddress observed, String peerId) {
    return frame(
        join(
            hex("0013"),
            new byte[] {(byte) kind},
            endpoint(local),
            endpoint(observed),
            id(peerId)));
  }

  static byte[] frame(byte[] content) {
    return join(new byte[] {0, 0, (byte) (content.length >> 8), (byte) content.length}, content);
  }

  private static byte[] id(String id) {
    byte[] bytes = id.getBytes(UTF_8);
    return join(new byte[] {(byte) bytes.length}, bytes);
  }

  private static byte[] endpoint(InetSocketAddress endpoint) {
    int port = endpoint.getPort();
    return join(endpoint.getAddress().getAddress(), new byte[] {(byte) (port >> 8), (byte) port});
  }
}
