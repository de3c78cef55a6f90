package io.culvert.wire.stun;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.wire.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of some bytes: a message or a refusal.
 *
 * @param message null when they were refused
 * @param refusal null when they were a message
 */
record StunDecoding(@Nullable StunMessage message, @Nullable String refusal) {
  /**
   * Decodes, and checks on the way what holds for any bytes: the same message comes of what it
   * encodes to, the buffer stays as it is, and what lies around the readable bytes has no
   * influence.
   */
  static StunDecoding of(byte[] bytes) {
    StunDecoding decoding = of(Unpooled.wrappedBuffer(bytes));
    for (byte around : new byte[] {0, 1, -1}) {
      byte[] surrounded = new byte[7 + bytes.length + 40];
      Arrays.fill(surrounded, around);
      System.arraycopy(bytes, 0, surrounded, 7, bytes.length);
      assertThat(of(Unpooled.wrappedBuffer(surrounded).setIndex(7, 7 + bytes.length)))
          .isEqualTo(decoding);
    }
    if (decoding.message() != null) {
      ByteBuf again = Unpooled.buffer().writeZero(3).skipBytes(3);
      StunCodec.encode(decoding.message(), again);
      assertThat(of(again)).isEqualTo(decoding);
    }
    return decoding;
  }

  private static StunDecoding of(ByteBuf in) {
    ByteBuf before = in.copy();
    StunDecoding decoding;
    try {
      decoding = new StunDecoding(StunCodec.decode(in), null);
      assertThat(StunCodec.looksLikeStun(in)).isTrue();
    } catch (MalformedMessageException e) {
      assertThat(e.getMessage()).isNotBlank();
      decoding = new StunDecoding(null, e.getMessage());
    }
    assertThat(in).isEqualTo(before);
    return decoding;
  }

  /** Whether these bytes are a message whose first integrity was made with this key. */
  static boolean isMadeWith(byte[] bytes, StunKey key) {
    StunReader reader = new StunReader();
    try {
      reader.open(Unpooled.wrappedBuffer(bytes));
      while (reader.next()) {
        switch (reader.type()) {
          case AttributeType.MESSAGE_INTEGRITY, AttributeType.MESSAGE_INTEGRITY_SHA256 -> {
            return reader.integrityIsRight(key);
          }
          default -> {}
        }
      }
      return false;
    } catch (MalformedMessageException e) {
      return false;
    }
  }

  /** The bytes that these digits spell, however they are grouped. */
  static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
  }
}
