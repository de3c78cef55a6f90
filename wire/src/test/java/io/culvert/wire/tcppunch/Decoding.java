package io.culvert.wire.tcppunch;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.wire.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a decoder makes of some bytes.
 *
 * @param messages those that could be taken
 * @param taken the number of bytes they took
 * @param refusal why the decoder went no further, null when it is waiting for more
 */
record Decoding(List<TcpPunchMessage> messages, int taken, @Nullable String refusal) {

  /**
   * Decodes until nothing is left to take, and checks on the way what holds for any bytes: a
   * message is made of the bytes that it encodes to, one that is not complete is left in the
   * buffer, and what lies behind the readable bytes has no influence.
   */
  static Decoding of(StreamKind stream, byte[] bytes) {
    Decoding decoding = of(stream, bytes, Unpooled.wrappedBuffer(bytes));
    for (byte behind : new byte[] {0, 1, -1}) {
      byte[] surrounded = new byte[7 + bytes.length + 600];
      Arrays.fill(surrounded, behind);
      System.arraycopy(bytes, 0, surrounded, 7, bytes.length);
      ByteBuf in = Unpooled.wrappedBuffer(surrounded).setIndex(7, 7 + bytes.length);
      assertThat(of(stream, bytes, in)).isEqualTo(decoding);
    }
    return decoding;
  }

  private static Decoding of(StreamKind stream, byte[] bytes, ByteBuf in) {
    int start = in.readerIndex();
    int end = in.writerIndex();
    List<TcpPunchMessage> messages = new ArrayList<>();
    int taken = 0;
    String refusal = null;
    try {
      for (TcpPunchMessage message = stream.decode(in);
          message != null;
          message = stream.decode(in)) {
        messages.add(message);
        int before = taken;
        taken = in.readerIndex() - start;
        ByteBuf again = Unpooled.buffer();
        TcpPunchCodec.encode(message, again);
        assertThat(again).isEqualTo(Unpooled.wrappedBuffer(bytes, before, taken - before));
      }
      assertThat(in.readerIndex()).isEqualTo(start + taken);
    } catch (MalformedMessageException e) {
      refusal = e.getMessage();
      assertThat(refusal).isNotBlank();
    }
    assertThat(in.readerIndex()).isBetween(start + taken, end);
    assertThat(in.writerIndex()).isEqualTo(end);
    return new Decoding(messages, taken, refusal);
  }
}
