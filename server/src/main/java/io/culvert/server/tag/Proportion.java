package io.culvert.server.tag;

import io.culvert.wire.tag.TagCodec;
import io.culvert.wire.tag.TagMessage.FromServer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.function.BiConsumer;

/** How much may be sent to whom. */
enum Proportion {
  /** To an address that has proved itself: everything. */
  FREE,
  /**
   * To any other: at most twice as much as was sent in its name, or whoever fakes an address could
   * make the server throw more at it than he throws at the server.
   */
  TWOFOLD;

  /** FREE for those whose address is proved. */
  static Proportion to(boolean proved) {
    return proved ? FREE : TWOFOLD;
  }

  /**
   * The first form of a message that is in proportion, the last and shortest when none is: then it
   * is still at most twice as long when the headers below are counted, 28 bytes of IPv4 and UDP or
   * 48 of IPv6.
   *
   * @param cause how long the datagram was that this is sent for
   * @param forms the same message, each shorter than the one before; each may be brief, too
   */
  byte[] write(int cause, FromServer... forms) {
    byte[] written = new byte[0];
    for (FromServer form : forms) {
      written = bytes(TagCodec::encode, form);
      if (this == FREE || written.length <= 2 * cause) {
        return written;
      }
      written = bytes(TagCodec::encodeBriefly, form);
      if (written.length <= 2 * cause) {
        return written;
      }
    }
    return written;
  }

  private static byte[] bytes(BiConsumer<FromServer, ByteBuf> encoder, FromServer message) {
    ByteBuf out = Unpooled.buffer();
    encoder.accept(message, out);
    return ByteBufUtil.getBytes(out);
  }
}
