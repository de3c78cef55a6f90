package io.culvert.wire.tag;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.wire.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What holds for any bytes: they are a message that can be written and read again, or malformed.
 */
final class Decoding {
  private Decoding() {}

  static void datagram(byte[] bytes) {
    TagMessage message = decode(Unpooled.wrappedBuffer(bytes));
    byte[] surrounded = new byte[7 + bytes.length + 40];
    Arrays.fill(surrounded, (byte) '}');
    System.arraycopy(bytes, 0, surrounded, 7, bytes.length);
    assertThat(decode(Unpooled.wrappedBuffer(surrounded).setIndex(7, 7 + bytes.length)))
        .as("what lies around the bytes has no influence")
        .isEqualTo(message);
    if (message != null) {
      ByteBuf again = Unpooled.buffer();
      TagCodec.encode(message, again);
      assertThat(decode(again)).isEqualTo(message);
    }
  }

  static void frame(byte[] bytes) {
    ByteBuf in = Unpooled.wrappedBuffer(bytes);
    try {
      TagMessage message = TagCodec.decodeFrame(in);
      if (message == null) {
        assertThat(in.readerIndex()).as("nothing is taken while bytes miss").isZero();
        assertThat(bytes.length).isLessThan(2 + TagMessage.MAX_BYTES);
      } else {
        assertThat(in.readerIndex()).isEqualTo(2 + Unpooled.wrappedBuffer(bytes).getShort(0));
      }
    } catch (MalformedMessageException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
    assertThat(in.writerIndex()).isEqualTo(bytes.length);
  }

  private static @Nullable TagMessage decode(ByteBuf in) {
    try {
      return TagCodec.decode(in);
    } catch (MalformedMessageException e) {
      assertThat(e.getMessage()).isNotBlank();
      return null;
    }
  }
}
