package io.culvert.wire.stun;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.wire.stun.DiscoveryAttribute.CacheTimeout;
import io.culvert.wire.stun.DiscoveryAttribute.ChangeRequest;
import io.culvert.wire.stun.DiscoveryAttribute.OtherAddress;
import io.culvert.wire.stun.DiscoveryAttribute.Padding;
import io.culvert.wire.stun.DiscoveryAttribute.ResponseOrigin;
import io.culvert.wire.stun.DiscoveryAttribute.ResponsePort;
import io.culvert.wire.stun.IceAttribute.IceControlled;
import io.culvert.wire.stun.IceAttribute.IceControlling;
import io.culvert.wire.stun.IceAttribute.Priority;
import io.culvert.wire.stun.IceAttribute.UseCandidate;
import io.culvert.wire.stun.StunAttribute.Algorithm;
import io.culvert.wire.stun.StunAttribute.AlternateDomain;
import io.culvert.wire.stun.StunAttribute.AlternateServer;
import io.culvert.wire.stun.StunAttribute.ChosenPasswordAlgorithm;
import io.culvert.wire.stun.StunAttribute.ErrorCode;
import io.culvert.wire.stun.StunAttribute.Fingerprint;
import io.culvert.wire.stun.StunAttribute.MappedAddress;
import io.culvert.wire.stun.StunAttribute.MessageIntegrity;
import io.culvert.wire.stun.StunAttribute.MessageIntegritySha256;
import io.culvert.wire.stun.StunAttribute.Nonce;
import io.culvert.wire.stun.StunAttribute.PasswordAlgorithms;
import io.culvert.wire.stun.StunAttribute.Realm;
import io.culvert.wire.stun.StunAttribute.Software;
import io.culvert.wire.stun.StunAttribute.Unknown;
import io.culvert.wire.stun.StunAttribute.UnknownAttributes;
import io.culvert.wire.stun.StunAttribute.UserHash;
import io.culvert.wire.stun.StunAttribute.Username;
import io.culvert.wire.stun.StunAttribute.XorMappedAddress;
import io.culvert.wire.stun.TurnAttribute.AdditionalAddressFamily;
import io.culvert.wire.stun.TurnAttribute.AddressErrorCode;
import io.culvert.wire.stun.TurnAttribute.ChannelNumber;
import io.culvert.wire.stun.TurnAttribute.ConnectionId;
import io.culvert.wire.stun.TurnAttribute.Data;
import io.culvert.wire.stun.TurnAttribute.DontFragment;
import io.culvert.wire.stun.TurnAttribute.EvenPort;
import io.culvert.wire.stun.TurnAttribute.Icmp;
import io.culvert.wire.stun.TurnAttribute.Lifetime;
import io.culvert.wire.stun.TurnAttribute.MobilityTicket;
import io.culvert.wire.stun.TurnAttribute.RequestedAddressFamily;
import io.culvert.wire.stun.TurnAttribute.RequestedTransport;
import io.culvert.wire.stun.TurnAttribute.ReservationToken;
import io.culvert.wire.stun.TurnAttribute.XorPeerAddress;
import io.culvert.wire.stun.TurnAttribute.XorRelayedAddress;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class StunCodecPropertiesTest {
  @Property
  void whateverIsSaidArrives(@ForAll("messages") StunMessage message) throws Exception {
    ByteBuf out = Unpooled.buffer();
    StunCodec.encode(message, out);
    assertThat(out.readableBytes() % 4).isZero();
    assertThat(StunCodec.decode(out)).isEqualTo(message);
  }

  /** Case 59 of the attacks (CVE-2020-4067): no bytes of others in the padding. */
  @Property
  void nothingOfWhatWasInTheBufferIsSent(@ForAll("messages") StunMessage message) {
    ByteBuf clean = Unpooled.buffer();
    StunCodec.encode(message, clean);
    ByteBuf dirty = Unpooled.wrappedBuffer(new byte[clean.readableBytes() + 100]);
    dirty.setIndex(0, 0);
    for (int i = 0; i < dirty.capacity(); i++) {
      dirty.setByte(i, 0xa5);
    }
    StunCodec.encode(message, dirty);
    assertThat(dirty).isEqualTo(clean);
    assertThat(dirty.getByte(dirty.writerIndex())).isEqualTo((byte) 0xa5);
  }

  @Property
  void noDamageMakesTheDecoderDoAnythingElseThanTakeOrRefuse(@ForAll("damage") String hex) {
    StunDecoding.of(HexFormat.of().parseHex(hex));
  }

  @Provide
  Arbitrary<StunMessage> messages() {
    Arbitrary<TransactionId> ids =
        Combinators.combine(Arbitraries.integers(), Arbitraries.longs()).as(TransactionId::new);
    return Combinators.combine(
            Arbitraries.of(StunClass.class),
            Arbitraries.integers().between(0, 0xfff),
            ids,
            attribute().list().ofMaxSize(6),
            vouching())
        .as((messageClass, method, id, attributes, behind) -> {
          List<StunAttribute> all = new ArrayList<>(attributes);
          all.addAll(behind);
          return new StunMessage(messageClass, method, id, all);
        });
  }

  /** Messages of which some bytes were changed and taken away, with a length that fits or not. */
  @Provide
  Arbitrary<String> damage() {
    return Combinators.combine(
            messages(),
            Arbitraries.integers().between(0, 60),
            Arbitraries.bytes(),
            Arbitraries.integers().between(0, 12),
            Arbitraries.of(true, false))
        .as((message, place, change, cut, lengthFits) -> {
          ByteBuf out = Unpooled.buffer();
          StunCodec.encode(message, out);
          out.writerIndex(Math.max(0, out.writerIndex() - cut));
          if (lengthFits && out.readableBytes() >= 20) {
            out.setShort(2, out.readableBytes() - 20);
          }
          if (place < out.writerIndex()) {
            out.setByte(place, change);
          }
          return ByteBufUtil.hexDump(out);
        });
  }

  private static Arbitrary<StunAttribute> attribute() {
    Arbitrary<String> text = Arbitraries.strings().ofMaxLength(60).filter(s -> isUnicode(s));
    Arbitrary<Integer> types = Arbitraries.integers().between(0, 0xffff);
    Arbitrary<byte[]> values = Arbitraries.bytes().array(byte[].class).ofMaxSize(30);
    return Arbitraries.oneOf(
        addresses().map(MappedAddress::new),
        addresses().map(XorMappedAddress::new),
        addresses().map(AlternateServer::new),
        text.map(Username::new),
        Arbitraries.bytes().array(byte[].class).ofSize(UserHash.BYTES).map(UserHash::new),
        text.map(Realm::new),
        text.map(Nonce::new),
        text.map(Software::new),
        text.map(AlternateDomain::new),
        algorithms().list().ofMaxSize(4).map(PasswordAlgorithms::new),
        algorithms().map(ChosenPasswordAlgorithm::new),
        Combinators.combine(Arbitraries.integers().between(300, 699), text).as(ErrorCode::new),
        types.list().ofMaxSize(5).map(UnknownAttributes::new),
        turn(),
        discovery(),
        ice(),
        Combinators.combine(Arbitraries.of(0x0002, 0x0021, 0x7fff, 0x8021, 0xffff), values)
            .as(Unknown::new));
  }

  private static Arbitrary<StunAttribute> turn() {
    Arbitrary<byte[]> values = Arbitraries.bytes().array(byte[].class).ofMaxSize(30);
    Arbitrary<Integer> bytes = Arbitraries.integers().between(0, 0xff);
    return Arbitraries.oneOf(
        Arbitraries.integers().between(0, 0xffff).map(ChannelNumber::new),
        Arbitraries.longs().between(0, 0xffff_ffffL).map(Lifetime::new),
        addresses().map(XorPeerAddress::new),
        addresses().map(XorRelayedAddress::new),
        values.map(Data::new),
        bytes.map(RequestedAddressFamily::new),
        bytes.map(AdditionalAddressFamily::new),
        Combinators.combine(
                bytes, Arbitraries.integers().between(300, 699), Arbitraries.of("", "a", "wörter"))
            .as(AddressErrorCode::new),
        Arbitraries.of(new EvenPort(true), new EvenPort(false), new DontFragment()),
        Arbitraries.longs().map(ReservationToken::new),
        bytes.map(RequestedTransport::new),
        Combinators.combine(
                Arbitraries.integers().between(0, 127),
                Arbitraries.integers().between(0, 511),
                Arbitraries.integers())
            .as(Icmp::new),
        Arbitraries.integers().map(ConnectionId::new),
        values.map(MobilityTicket::new));
  }

  private static Arbitrary<StunAttribute> discovery() {
    return Arbitraries.oneOf(
        Combinators.combine(Arbitraries.of(true, false), Arbitraries.of(true, false))
            .as(ChangeRequest::new),
        addresses().map(ResponseOrigin::new),
        addresses().map(OtherAddress::new),
        Arbitraries.integers().between(0, 0xffff).map(ResponsePort::new),
        Arbitraries.integers().between(0, 50).map(Padding::new),
        Arbitraries.longs().between(0, 0xffff_ffffL).map(CacheTimeout::new));
  }

  private static Arbitrary<StunAttribute> ice() {
    return Arbitraries.oneOf(
        Arbitraries.longs().between(0, 0xffff_ffffL).map(Priority::new),
        Arbitraries.just(new UseCandidate()),
        Arbitraries.longs().map(IceControlled::new),
        Arbitraries.longs().map(IceControlling::new));
  }

  private static Arbitrary<Algorithm> algorithms() {
    Arbitrary<byte[]> parameters = Arbitraries.bytes().array(byte[].class).ofMaxSize(9);
    return Combinators.combine(Arbitraries.integers().between(0, 0xffff), parameters)
        .as(Algorithm::new);
  }

  private static Arbitrary<List<StunAttribute>> vouching() {
    Arbitrary<byte[]> bytes = Arbitraries.bytes().array(byte[].class).ofSize(20);
    return bytes.flatMap(hmac ->
        Arbitraries.of(
            List.of(),
            List.of(new MessageIntegrity(hmac)),
            List.of(new MessageIntegrity(hmac), new Fingerprint()),
            List.of(
                new MessageIntegrity(hmac), new MessageIntegritySha256(hmac), new Fingerprint()),
            List.of(new Fingerprint())));
  }

  private static Arbitrary<InetSocketAddress> addresses() {
    Arbitrary<byte[]> ipv4 = Arbitraries.bytes().array(byte[].class).ofSize(4);
    Arbitrary<byte[]> ipv6 = Arbitraries.bytes().array(byte[].class).ofSize(16);
    return Combinators.combine(
            Arbitraries.oneOf(ipv4, ipv6), Arbitraries.integers().between(0, 65_535))
        .as((bytes, port) -> new InetSocketAddress(address(bytes), port));
  }

  private static InetAddress address(byte[] bytes) {
    try {
      return bytes.length == 4
          ? InetAddress.getByAddress(bytes)
          : Inet6Address.getByAddress(null, bytes, -1);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean isUnicode(String text) {
    return StandardCharsets.UTF_8.newEncoder().canEncode(text);
  }
}
