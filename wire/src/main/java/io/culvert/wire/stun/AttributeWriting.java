package io.culvert.wire.stun;

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
import java.util.List;

/** Records of attributes, appended by a writer. */
final class AttributeWriting {
  private AttributeWriting() {}

  static void write(StunAttribute attribute, StunWriter writer, ByteBuf out) {
    int type = attribute.type();
    switch (attribute) {
      case MappedAddress(InetSocketAddress address) -> writer.address(type, address);
      case XorMappedAddress(InetSocketAddress address) -> writer.xorAddress(type, address);
      case Username(String name) -> writer.text(type, name);
      case UserHash(byte[] hash) -> writer.bytes(type, hash);
      case Realm(String name) -> writer.text(type, name);
      case Nonce(String value) -> writer.text(type, value);
      case PasswordAlgorithms(List<Algorithm> algorithms) ->
          algorithms(type, algorithms, writer, out);
      case ChosenPasswordAlgorithm(Algorithm algorithm) ->
          algorithms(type, List.of(algorithm), writer, out);
      case Software(String description) -> writer.text(type, description);
      case AlternateServer(InetSocketAddress address) -> writer.address(type, address);
      case AlternateDomain(String name) -> writer.text(type, name);
      case ErrorCode(int code, String reason) -> writer.errorCode(code, reason);
      case UnknownAttributes(List<Integer> types) -> {
        int at = writer.open(type);
        types.forEach(out::writeShort);
        writer.close(at);
      }
      case MessageIntegrity(byte[] hmac) -> writer.bytes(type, hmac);
      case MessageIntegritySha256(byte[] hmac) -> writer.bytes(type, hmac);
      case Fingerprint() -> writer.fingerprint();
      case Unknown(int _, byte[] value) -> writer.bytes(type, value);
      case TurnAttribute turn -> write(turn, writer);
      case DiscoveryAttribute discovery -> write(discovery, writer, out);
      case IceAttribute ice -> write(ice, writer);
    }
  }

  private static void write(TurnAttribute attribute, StunWriter writer) {
    int type = attribute.type();
    switch (attribute) {
      case ChannelNumber(int number) -> writer.unsignedShort(type, number);
      case Lifetime(long seconds) -> writer.unsignedInt(type, seconds);
      case XorPeerAddress(InetSocketAddress address) -> writer.xorAddress(type, address);
      case XorRelayedAddress(InetSocketAddress address) -> writer.xorAddress(type, address);
      case Data(byte[] bytes) -> writer.bytes(type, bytes);
      case RequestedAddressFamily(int family) -> writer.unsignedByte(type, family);
      case AdditionalAddressFamily(int family) -> writer.unsignedByte(type, family);
      case AddressErrorCode(int family, int code, String reason) ->
          writer.addressErrorCode(family, code, reason);
      case EvenPort(boolean reserveNext) -> writer.evenPort(reserveNext);
      case ReservationToken(long token) -> writer.longValue(type, token);
      case RequestedTransport(int protocol) -> writer.unsignedByte(type, protocol);
      case DontFragment() -> writer.empty(type);
      case Icmp(int icmpType, int code, int data) -> writer.icmp(icmpType, code, data);
      case ConnectionId(int id) -> writer.unsignedInt(type, id);
      case MobilityTicket(byte[] ticket) -> writer.bytes(type, ticket);
    }
  }

  private static void write(DiscoveryAttribute attribute, StunWriter writer, ByteBuf out) {
    int type = attribute.type();
    switch (attribute) {
      case ChangeRequest(boolean changeIp, boolean changePort) ->
          writer.unsignedInt(
              type,
              (changeIp ? ChangeRequest.CHANGE_IP : 0)
                  | (changePort ? ChangeRequest.CHANGE_PORT : 0));
      case ResponseOrigin(InetSocketAddress address) -> writer.address(type, address);
      case OtherAddress(InetSocketAddress address) -> writer.address(type, address);
      case ResponsePort(int port) -> writer.unsignedShort(type, port);
      case Padding(int bytes) -> {
        int at = writer.open(type);
        out.writeZero(bytes);
        writer.close(at);
      }
      case CacheTimeout(long seconds) -> writer.unsignedInt(type, seconds);
    }
  }

  private static void write(IceAttribute attribute, StunWriter writer) {
    int type = attribute.type();
    switch (attribute) {
      case Priority(long value) -> writer.unsignedInt(type, value);
      case UseCandidate() -> writer.empty(type);
      case IceControlled(long tieBreaker) -> writer.longValue(type, tieBreaker);
      case IceControlling(long tieBreaker) -> writer.longValue(type, tieBreaker);
    }
  }

  private static void algorithms(
      int type, List<Algorithm> algorithms, StunWriter writer, ByteBuf out) {
    int at = writer.open(type);
    for (Algorithm algorithm : algorithms) {
      byte[] parameters = algorithm.parameters();
      out.writeShort(algorithm.number()).writeShort(parameters.length).writeBytes(parameters);
      out.writeZero(StunLayout.padded(parameters.length) - parameters.length);
    }
    writer.close(at);
  }
}
