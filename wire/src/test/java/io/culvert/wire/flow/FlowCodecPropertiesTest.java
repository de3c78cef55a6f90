package io.culvert.wire.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.wire.flow.FlowDecoding.Side;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.util.HexFormat;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class FlowCodecPropertiesTest {
  /** Some bytes that come from one side; spelt out, for the report of a failure. */
  record Bytes(Side side, String hex) {}

  @Property(tries = 300)
  void whatAClientSaysArrives(@ForAll("fromClient") FlowMessage message) throws Exception {
    assertThat(FlowCodec.decodeFromClient(Frames.of(message))).isEqualTo(message);
  }

  @Property(tries = 300)
  void whatAServerSaysArrives(@ForAll("fromServer") FlowMessage message) throws Exception {
    assertThat(FlowCodec.decodeFromServer(Frames.of(message))).isEqualTo(message);
  }

  @Property(tries = 300)
  void whatAPeerSaysArrives(@ForAll("callData") CallData data) throws Exception {
    assertThat(CallDataCodec.decode(CallDataCodec.relay(Head.EMPTY, data))).isEqualTo(data);
  }

  @Property(tries = 300)
  void noDamageMakesADecoderDoAnythingElseThanTakeWaitOrRefuse(@ForAll("damage") Bytes damaged) {
    FlowDecoding.check(damaged.side(), HexFormat.of().parseHex(damaged.hex()));
  }

  @Provide
  Arbitrary<FlowMessage> fromClient() {
    return FlowMessages.fromClient();
  }

  @Provide
  Arbitrary<FlowMessage> fromServer() {
    return FlowMessages.fromServer();
  }

  @Provide
  Arbitrary<CallData> callData() {
    return FlowMessages.callData();
  }

  /** Messages of which a byte was changed and some were taken away. */
  @Provide
  Arbitrary<Bytes> damage() {
    return Combinators.combine(
            Arbitraries.of(Side.class),
            Arbitraries.oneOf(FlowMessages.fromClient(), FlowMessages.fromServer()),
            Arbitraries.integers().between(0, 400),
            Arbitraries.bytes(),
            Arbitraries.integers().between(0, 3))
        .as((side, message, place, change, cut) -> {
          ByteBuf out = Frames.of(message);
          if (place < out.writerIndex()) {
            out.setByte(place, change);
          }
          out.writerIndex(out.writerIndex() - cut);
          return new Bytes(side, HexFormat.of().formatHex(ByteBufUtil.getBytes(out)));
        });
  }
}
