package io.culvert.wire.portmap;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class PortmapCodecPropertiesTest {
  @Property
  void whateverIsSaidArrives(@ForAll("messages") PortmapMessage message) throws Exception {
    ByteBuf out = Unpooled.buffer();
    PortmapCodec.encode(message, out);
    assertThat(PortmapCodec.decode(out)).isEqualTo(message);
  }

  @Property
  void nothingOfWhatWasInTheBufferIsSent(@ForAll("messages") PortmapMessage message) {
    ByteBuf clean = Unpooled.buffer();
    PortmapCodec.encode(message, clean);
    ByteBuf dirty = Unpooled.wrappedBuffer(new byte[clean.readableBytes() + 8]);
    dirty.setIndex(0, 0);
    for (int i = 0; i < dirty.capacity(); i++) {
      dirty.setByte(i, 0xa5);
    }
    PortmapCodec.encode(message, dirty);
    assertThat(dirty).isEqualTo(clean);
  }

  @Property
  void noDamageMakesTheDecoderDoAnythingElseThanTakeOrRefuse(@ForAll("damage") String hex) {
    PortmapDecoding.of(HexFormat.of().parseHex(hex));
  }

  @Provide
  Arbitrary<PortmapMessage> messages() {
    return Arbitraries.oneOf(natPmp(), pcp());
  }

  /** Messages of which some byte was changed, and some were taken away. */
  @Provide
  Arbitrary<String> damage() {
    return Combinators.combine(
            messages(),
            Arbitraries.integers().between(0, 59),
            Arbitraries.bytes(),
            Arbitraries.integers().between(0, 12))
        .as((message, place, change, cut) -> {
          ByteBuf out = Unpooled.buffer();
          PortmapCodec.encode(message, out);
          out.writerIndex(Math.max(0, out.writerIndex() - cut));
          if (place < out.writerIndex()) {
            out.setByte(place, change);
          }
          return ByteBufUtil.hexDump(out);
        });
  }

  private static Arbitrary<NatPmp> natPmp() {
    return Arbitraries.oneOf(
        Arbitraries.just(new NatPmp.AddressRequest()),
        Combinators.combine(seconds(), ipv4().map(Inet4Address.class::cast))
            .as(NatPmp.AddressResponse::new),
        Combinators.combine(protocols(), ports(), ports(), seconds()).as(NatPmp.MapRequest::new),
        Combinators.combine(protocols(), seconds(), ports(), ports(), seconds())
            .as(NatPmp.MapResponse::new),
        Combinators.combine(opcodes(), Arbitraries.integers().between(1, 0xffff))
            .as(NatPmp.Refused::new));
  }

  private static Arbitrary<Pcp> pcp() {
    Arbitrary<Pcp.Nonce> nonces =
        Combinators.combine(Arbitraries.longs(), Arbitraries.integers()).as(Pcp.Nonce::new);
    return Arbitraries.oneOf(
        addresses().map(Pcp.AnnounceRequest::new),
        seconds().map(Pcp.AnnounceResponse::new),
        Combinators.combine(
                seconds(), addresses(), nonces, protocols(), ports(), ports(), addresses())
            .as(Pcp.MapRequest::new),
        Combinators.combine(
                Arbitraries.integers().between(0, 0xff),
                seconds(),
                seconds(),
                nonces,
                protocols(),
                ports(),
                ports(),
                addresses())
            .as(Pcp.MapResponse::new),
        Combinators.combine(
                opcodes(), Arbitraries.integers().between(1, 0xff), seconds(), seconds())
            .as(Pcp.Refused::new),
        Combinators.combine(opcodes(), Arbitraries.integers().between(3, 0xff))
            .as(Pcp.OtherVersion::new));
  }

  private static Arbitrary<PortProtocol> protocols() {
    return Arbitraries.of(PortProtocol.class);
  }

  private static Arbitrary<Integer> ports() {
    return Arbitraries.integers().between(0, 0xffff);
  }

  private static Arbitrary<Integer> opcodes() {
    return Arbitraries.integers().between(0, 0x7f);
  }

  private static Arbitrary<Long> seconds() {
    return Arbitraries.longs().between(0, 0xffff_ffffL);
  }

  private static Arbitrary<InetAddress> addresses() {
    return Arbitraries.oneOf(
        ipv4(),
        Arbitraries.bytes()
            .array(byte[].class)
            .ofSize(16)
            .map(PortmapCodecPropertiesTest::address));
  }

  private static Arbitrary<InetAddress> ipv4() {
    return Arbitraries.bytes()
        .array(byte[].class)
        .ofSize(4)
        .map(PortmapCodecPropertiesTest::address);
  }

  private static InetAddress address(byte[] bytes) {
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }
}
