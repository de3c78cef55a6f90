package io.culvert.wire.portmap;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.wire.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of some bytes: a message or a refusal.
 *
 * @param message null when they were refused
 * @param refusal null when they were a message
 */
record PortmapDecoding(@Nullable PortmapMessage message, @Nullable String refusal) {
  /**
   * Decodes, and checks on the way what holds for any bytes: the same message comes of what it
   * encodes to, the buffer stays as it is, and what lies around the readable bytes has no
   * influence.
   */
  static PortmapDecoding of(byte[] bytes) {
    PortmapDecoding decoding = of(Unpooled.wrappedBuffer(bytes));
    byte[] surrounded = new byte[7 + bytes.length + 40];
    Arrays.fill(surrounded, (byte) 0xa5);
    System.arraycopy(bytes, 0, surrounded, 7, bytes.length);
    assertThat(of(Unpooled.wrappedBuffer(surrounded).setIndex(7, 7 + bytes.length)))
        .isEqualTo(decoding);
    if (decoding.message() != null) {
      ByteBuf again = Unpooled.buffer().writeZero(3).skipBytes(3);
      PortmapCodec.encode(decoding.message(), again);
      assertThat(of(again)).isEqualTo(decoding);
    }
    return decoding;
  }

  private static PortmapDecoding of(ByteBuf in) {
    ByteBuf before = in.copy();
    PortmapDecoding decoding;
    try {
      decoding = new PortmapDecoding(PortmapCodec.decode(in), null);
    } catch (MalformedMessageException e) {
      assertThat(e.getMessage()).isNotBlank();
      decoding = new PortmapDecoding(null, e.getMessage());
    }
    assertThat(in).isEqualTo(before);
    return decoding;
  }
}
