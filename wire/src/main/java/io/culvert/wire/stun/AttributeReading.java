package io.culvert.wire.stun;

import io.culvert.wire.MalformedMessageException;
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
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/** The attribute that a reader stands at, as a record. */
final class AttributeReading {
  private AttributeReading() {}

  static StunAttribute attribute(StunReader in) throws MalformedMessageException {
    return switch (in.type()) {
      case AttributeType.MAPPED_ADDRESS -> new MappedAddress(address(in));
      case AttributeType.XOR_MAPPED_ADDRESS -> new XorMappedAddress(xorAddress(in));
      case AttributeType.USERNAME -> new Username(in.text());
      case AttributeType.USERHASH -> new UserHash(value(in, UserHash.BYTES));
      case AttributeType.REALM -> new Realm(in.text());
      case AttributeType.NONCE -> new Nonce(in.text());
      case AttributeType.PASSWORD_ALGORITHMS -> new PasswordAlgorithms(algorithms(in));
      case AttributeType.PASSWORD_ALGORITHM -> chosenAlgorithm(in);
      case AttributeType.SOFTWARE -> new Software(Text.readLeniently(in, 0));
      case AttributeType.ALTERNATE_SERVER -> new AlternateServer(address(in));
      case AttributeType.ALTERNATE_DOMAIN -> new AlternateDomain(in.text());
      case AttributeType.ERROR_CODE -> new ErrorCode(errorCode(in), reason(in));
      case AttributeType.UNKNOWN_ATTRIBUTES -> unknownAttributes(in);
      case AttributeType.MESSAGE_INTEGRITY -> new MessageIntegrity(integrity(in));
      case AttributeType.MESSAGE_INTEGRITY_SHA256 -> new MessageIntegritySha256(integrity(in));
      case AttributeType.FINGERPRINT -> fingerprint(in);
      case AttributeType.CHANNEL_NUMBER -> new ChannelNumber(in.unsignedShort());
      case AttributeType.LIFETIME -> new Lifetime(in.unsignedInt());
      case AttributeType.XOR_PEER_ADDRESS -> new XorPeerAddress(xorAddress(in));
      case AttributeType.XOR_RELAYED_ADDRESS -> new XorRelayedAddress(xorAddress(in));
      case AttributeType.DATA -> new Data(in.value());
      case AttributeType.REQUESTED_ADDRESS_FAMILY -> new RequestedAddressFamily(in.unsignedByte());
      case AttributeType.ADDITIONAL_ADDRESS_FAMILY ->
          new AdditionalAddressFamily(in.unsignedByte());
      case AttributeType.ADDRESS_ERROR_CODE ->
          new AddressErrorCode(
              in.buffer().getUnsignedByte(in.valueAt()), errorCode(in), reason(in));
      case AttributeType.EVEN_PORT -> new EvenPort(in.reservesNextPort());
      case AttributeType.RESERVATION_TOKEN -> new ReservationToken(in.longValue());
      case AttributeType.REQUESTED_TRANSPORT -> new RequestedTransport(in.unsignedByte());
      case AttributeType.DONT_FRAGMENT -> dontFragment(in);
      case AttributeType.ICMP -> icmp(in.longValue());
      case AttributeType.CONNECTION_ID -> new ConnectionId((int) in.unsignedInt());
      case AttributeType.MOBILITY_TICKET -> new MobilityTicket(in.value());
      case AttributeType.CHANGE_REQUEST -> changeRequest(in.unsignedInt());
      case AttributeType.RESPONSE_ORIGIN -> new ResponseOrigin(address(in));
      case AttributeType.OTHER_ADDRESS -> new OtherAddress(address(in));
      case AttributeType.RESPONSE_PORT -> new ResponsePort(in.unsignedShort());
      case AttributeType.PADDING -> new Padding(in.valueLength());
      case AttributeType.CACHE_TIMEOUT -> new CacheTimeout(in.unsignedInt());
      case AttributeType.PRIORITY -> new Priority(in.unsignedInt());
      case AttributeType.USE_CANDIDATE -> useCandidate(in);
      case AttributeType.ICE_CONTROLLED -> new IceControlled(in.longValue());
      case AttributeType.ICE_CONTROLLING -> new IceControlling(in.longValue());
      default -> new Unknown(in.type(), in.value());
    };
  }

  private static InetSocketAddress address(StunReader in) throws MalformedMessageException {
    AddressSlot slot = new AddressSlot();
    return checked(in, in.address(slot), slot);
  }

  private static InetSocketAddress xorAddress(StunReader in) throws MalformedMessageException {
    AddressSlot slot = new AddressSlot();
    return checked(in, in.xorAddress(slot), slot);
  }

  private static InetSocketAddress checked(StunReader in, boolean set, AddressSlot slot)
      throws MalformedMessageException {
    if (!set) {
      throw new MalformedMessageException(
          "no address in the %d bytes of attribute 0x%04x".formatted(in.valueLength(), in.type()));
    }
    return slot.toSocketAddress();
  }

  private static byte[] value(StunReader in, int bytes) throws MalformedMessageException {
    in.requireLength(bytes);
    return in.value();
  }

  private static List<Algorithm> algorithms(StunReader in) throws MalformedMessageException {
    ByteBuf value = slice(in);
    List<Algorithm> algorithms = new ArrayList<>();
    while (value.isReadable()) {
      algorithms.add(algorithm(value));
    }
    return algorithms;
  }

  private static ChosenPasswordAlgorithm chosenAlgorithm(StunReader in)
      throws MalformedMessageException {
    ByteBuf value = slice(in);
    Algorithm algorithm = algorithm(value);
    if (value.isReadable()) {
      throw new MalformedMessageException("more than one password algorithm");
    }
    return new ChosenPasswordAlgorithm(algorithm);
  }

  private static Algorithm algorithm(ByteBuf value) throws MalformedMessageException {
    if (value.readableBytes() < Integer.BYTES) {
      throw new MalformedMessageException("password algorithm cut short");
    }
    int number = value.readUnsignedShort();
    byte[] parameters = new byte[value.readUnsignedShort()];
    int padded = StunLayout.padded(parameters.length);
    // The padding of the last one may be the attribute's own.
    if (value.readableBytes() < parameters.length) {
      throw new MalformedMessageException("password algorithm cut short");
    }
    value.readBytes(parameters);
    value.skipBytes(Math.min(padded - parameters.length, value.readableBytes()));
    return new Algorithm(number, parameters);
  }

  private static int errorCode(StunReader in) throws MalformedMessageException {
    if (in.valueLength() < Integer.BYTES) {
      throw new MalformedMessageException("error code cut short");
    }
    int hundreds = in.buffer().getByte(in.valueAt() + 2) & 0x07;
    int rest = in.buffer().getUnsignedByte(in.valueAt() + 3);
    if (hundreds < 3 || hundreds > 6 || rest > 99) {
      throw new MalformedMessageException("error code " + hundreds + " * 100 + " + rest);
    }
    return hundreds * 100 + rest;
  }

  private static String reason(StunReader in) throws MalformedMessageException {
    return Text.readLeniently(in, Integer.BYTES);
  }

  private static UnknownAttributes unknownAttributes(StunReader in)
      throws MalformedMessageException {
    ByteBuf value = slice(in);
    if (value.readableBytes() % Short.BYTES != 0) {
      throw new MalformedMessageException("unknown attributes cut short");
    }
    List<Integer> types = new ArrayList<>();
    while (value.isReadable()) {
      types.add(value.readUnsignedShort());
    }
    return new UnknownAttributes(types);
  }

  private static byte[] integrity(StunReader in) throws MalformedMessageException {
    if (!Integrity.isLength(in.type(), in.valueLength())) {
      throw new MalformedMessageException("integrity of " + in.valueLength() + " bytes");
    }
    return in.value();
  }

  private static Fingerprint fingerprint(StunReader in) throws MalformedMessageException {
    if (!in.fingerprintIsRight()) {
      throw new MalformedMessageException("fingerprint does not fit the message");
    }
    return new Fingerprint();
  }

  private static DontFragment dontFragment(StunReader in) throws MalformedMessageException {
    in.requireLength(0);
    return new DontFragment();
  }

  private static UseCandidate useCandidate(StunReader in) throws MalformedMessageException {
    in.requireLength(0);
    return new UseCandidate();
  }

  private static Icmp icmp(long value) {
    int typeAndCode = (int) (value >>> Integer.SIZE) & 0xffff;
    return new Icmp(
        typeAndCode >> Icmp.CODE_BITS, typeAndCode & ((1 << Icmp.CODE_BITS) - 1), (int) value);
  }

  private static ChangeRequest changeRequest(long bits) {
    return new ChangeRequest(
        (bits & ChangeRequest.CHANGE_IP) != 0, (bits & ChangeRequest.CHANGE_PORT) != 0);
  }

  private static ByteBuf slice(StunReader in) {
    return in.buffer().slice(in.valueAt(), in.valueLength());
  }
}
