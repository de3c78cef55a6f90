package io.culvert.wire.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.flow.FlowMessage.Relay;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Decodes any bytes, and checks what holds for all. */
final class FlowDecoding {
  /** What comes from a client or from a server. */
  enum Side {
    CLIENT {
      @Override
      @Nullable Object decode(ByteBuf in) throws MalformedMessageException {
        return FlowCodec.decodeFromClient(in);
      }
    },
    SERVER {
      @Override
      @Nullable Object decode(ByteBuf in) throws MalformedMessageException {
        return FlowCodec.decodeFromServer(in);
      }
    };

    abstract @Nullable Object decode(ByteBuf in) throws MalformedMessageException;
  }

  private FlowDecoding() {}

  /**
   * A decoder takes, waits or refuses; what it has taken is read again as it was; and what lies
   * behind the readable bytes has no influence.
   */
  static void check(Side side, byte[] bytes) {
    String outcome = outcome(side, Unpooled.wrappedBuffer(bytes));
    byte[] surrounded = new byte[7 + bytes.length + 100];
    Arrays.fill(surrounded, (byte) ' ');
    System.arraycopy(bytes, 0, surrounded, 7, bytes.length);
    assertThat(outcome(side, Unpooled.wrappedBuffer(surrounded).setIndex(7, 7 + bytes.length)))
        .isEqualTo(outcome);
  }

  private static String outcome(Side side, ByteBuf in) {
    StringBuilder outcome = new StringBuilder();
    int end = in.writerIndex();
    try {
      while (true) {
        int before = in.readerIndex();
        Object message = side.decode(in);
        if (message == null) {
          assertThat(in.readerIndex()).isEqualTo(before);
          return outcome.append(" waits").toString();
        }
        assertThat(in.readerIndex()).isGreaterThan(before);
        outcome.append(message).append(' ').append(in.readableBytes()).append('\n');
        checkAgain(side, message);
      }
    } catch (MalformedMessageException e) {
      assertThat(e.getMessage()).isNotBlank();
      return outcome.append(e.getMessage()).toString();
    } finally {
      assertThat(in.writerIndex()).isEqualTo(end);
    }
  }

  private static void checkAgain(Side side, Object message) throws MalformedMessageException {
    if (!(message instanceof FlowMessage known)
        || FlowCodec.write(known).length > FlowCodec.MAX_JSON_BYTES) {
      return;
    }
    assertThat(side.decode(Frames.of(known))).isEqualTo(message);
    if (known instanceof Relay relay) {
      CallData data;
      try {
        data = CallDataCodec.decode(relay);
      } catch (MalformedMessageException e) {
        assertThat(e.getMessage()).isNotBlank();
        return;
      }
      assertThat(CallDataCodec.decode(CallDataCodec.relay(relay.head(), data))).isEqualTo(data);
    }
  }
}
