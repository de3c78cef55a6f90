package io.culvert.client.turn;

import io.culvert.wire.stun.AddressFamily;
import io.culvert.wire.stun.StunAttribute;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TurnAttribute.AdditionalAddressFamily;
import io.culvert.wire.stun.TurnAttribute.ChannelNumber;
import io.culvert.wire.stun.TurnAttribute.Lifetime;
import io.culvert.wire.stun.TurnAttribute.RequestedTransport;
import io.culvert.wire.stun.TurnAttribute.XorPeerAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/** What a client may want of a TURN server. */
sealed interface Request {
  /** An address for datagrams, or one of each family, for as long as the server thinks best. */
  record Allocate(Families families) implements Request {}

  /** To keep it as long again. */
  record Refresh() implements Request {}

  /** To give it back. */
  record Release() implements Request {}

  /** That a peer may send to it, and be sent to from it. */
  record Permit(InetAddress peer) implements Request {}

  /** A short header for what goes to and comes from a peer. */
  record Bind(int channel, InetSocketAddress peer) implements Request {}

  /** How often it is sent where datagrams get lost, RFC 8489 §6.2.1. */
  default int times() {
    return switch (this) {
      // It is what tells that the server is there: 15.5 s of silence are enough.
      case Refresh() -> 5;
      case Allocate(Families _),
          Release(),
          Permit(InetAddress _),
          Bind(int _, InetSocketAddress _) ->
          7;
    };
  }

  default int method() {
    return switch (this) {
      case Allocate(Families _) -> StunMessage.ALLOCATE;
      case Refresh(), Release() -> StunMessage.REFRESH;
      case Permit(InetAddress _) -> StunMessage.CREATE_PERMISSION;
      case Bind(int _, InetSocketAddress _) -> StunMessage.CHANNEL_BIND;
    };
  }

  default List<StunAttribute> attributes() {
    return switch (this) {
      case Allocate(Families families) ->
          families == Families.IPV4
              ? List.of(new RequestedTransport(RequestedTransport.UDP))
              : List.of(
                  new RequestedTransport(RequestedTransport.UDP),
                  new AdditionalAddressFamily(AddressFamily.IPV6));
      case Refresh() -> List.of();
      case Release() -> List.of(new Lifetime(0));
      case Permit(InetAddress peer) -> List.of(new XorPeerAddress(new InetSocketAddress(peer, 0)));
      case Bind(int channel, InetSocketAddress peer) ->
          List.of(new ChannelNumber(channel), new XorPeerAddress(peer));
    };
  }
}
