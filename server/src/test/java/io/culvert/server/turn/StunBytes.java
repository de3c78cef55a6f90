package io.culvert.server.turn;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.HexFormat;
import java.util.zip.CRC32;

/** STUN written by hand. */
final class StunBytes {
  /** The magic cookie and a transaction. */
  static final String ID = "2112a442 0102030405060708090a0b0c";

  static final byte[] REQUEST = hex("0001 0000" + ID);

  private StunBytes() {}

  /** A request with these attributes. */
  static byte[] request(String attributes) {
    int length = hex(attributes).length;
    return hex("0001 %04x".formatted(length) + ID + attributes);
  }

  /** The message with a FINGERPRINT behind it. */
  static byte[] withFingerprint(byte[] message) {
    ByteBuf all = Unpooled.buffer().writeBytes(message);
    all.setShort(2, all.getShort(2) + 8);
    CRC32 crc = new CRC32();
    crc.update(ByteBufUtil.getBytes(all));
    all.writeInt(0x80280004).writeInt((int) crc.getValue() ^ 0x5354554e);
    return ByteBufUtil.getBytes(all);
  }

  /** The bytes that these digits spell, however they are grouped. */
  static byte[] hex(String digits) {
    return HexFormat.of().parseHex(digits.replaceAll("\\s", ""));
  }
}
