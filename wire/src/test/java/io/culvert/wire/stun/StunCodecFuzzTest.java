package io.culvert.wire.stun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.culvert.wire.MalformedMessageException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import java.util.List;
import java.util.concurrent.Callable;

/**
 * The decoders take a message, wait for more or say what is wrong, whatever bytes come.
 *
 * <p>Every build replays the inputs beside this class's resources; with {@code JAZZER_FUZZ=1}
 * Jazzer looks for new ones, one method at a time.
 */
class StunCodecFuzzTest {
  private static final StunKey KEY = StunKey.shortTerm("nobody has this one");

  @FuzzTest(maxDuration = "1m")
  void datagram(byte[] bytes) {
    StunDecoding.of(bytes);
  }

  /** What a server does with a datagram: whatever attribute is asked for as whatever value. */
  @FuzzTest(maxDuration = "1m")
  void reader(byte[] bytes) {
    ByteBuf in = Unpooled.wrappedBuffer(bytes);
    ChannelData.isWhole(in, 0, bytes.length);
    StunReader reader = new StunReader();
    try {
      reader.open(in);
      while (reader.next()) {
        askForEverything(reader);
      }
    } catch (MalformedMessageException e) {
      assertThat(e.getMessage()).isNotBlank();
    }
    assertThat(in).isEqualTo(Unpooled.wrappedBuffer(bytes));
  }

  private static void askForEverything(StunReader reader) {
    assertThat(reader.value()).hasSize(reader.valueLength());
    assertThat(reader.valueIs(reader.value())).isTrue();
    AddressSlot slot = new AddressSlot();
    if (reader.address(slot) && reader.xorAddress(slot)) {
      assertThat(slot.toSocketAddress().getPort()).isEqualTo(slot.port());
    }
    boolean vouches = AttributeType.place(reader.type()) > 0;
    assertThat(vouches && reader.integrityIsRight(KEY)).isFalse();
    reader.fingerprintIsRight();
    List<Callable<Object>> values =
        List.of(
            reader::text,
            reader::unsignedInt,
            reader::unsignedShort,
            reader::unsignedByte,
            reader::longValue,
            reader::reservesNextPort);
    for (Callable<Object> value : values) {
      assertThatCode(value::call)
          .satisfiesAnyOf(
              e -> assertThat(e).isNull(),
              e -> assertThat(e).isInstanceOf(MalformedMessageException.class));
    }
  }

  @FuzzTest(maxDuration = "1m")
  void stream(byte[] bytes) {
    EmbeddedChannel channel = new EmbeddedChannel(new StunFrameDecoder(1 << 10));
    try {
      channel.writeInbound(Unpooled.wrappedBuffer(bytes));
      channel.finish();
    } catch (DecoderException e) {
      channel.close();
    }
    channel.releaseInbound();
  }
}
