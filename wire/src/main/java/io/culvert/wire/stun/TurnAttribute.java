package io.culvert.wire.stun;

import java.net.InetSocketAddress;
import java.util.Arrays;

/** An attribute of TURN: RFC 8656 §18, RFC 6062 §6.2 and RFC 8016 §3.2. */
public sealed interface TurnAttribute extends StunAttribute {
  @Override
  default int type() {
    return switch (this) {
      case ChannelNumber _ -> AttributeType.CHANNEL_NUMBER;
      case Lifetime _ -> AttributeType.LIFETIME;
      case XorPeerAddress _ -> AttributeType.XOR_PEER_ADDRESS;
      case XorRelayedAddress _ -> AttributeType.XOR_RELAYED_ADDRESS;
      case Data _ -> AttributeType.DATA;
      case RequestedAddressFamily _ -> AttributeType.REQUESTED_ADDRESS_FAMILY;
      case AdditionalAddressFamily _ -> AttributeType.ADDITIONAL_ADDRESS_FAMILY;
      case AddressErrorCode _ -> AttributeType.ADDRESS_ERROR_CODE;
      case EvenPort _ -> AttributeType.EVEN_PORT;
      case ReservationToken _ -> AttributeType.RESERVATION_TOKEN;
      case RequestedTransport _ -> AttributeType.REQUESTED_TRANSPORT;
      case DontFragment _ -> AttributeType.DONT_FRAGMENT;
      case Icmp _ -> AttributeType.ICMP;
      case ConnectionId _ -> AttributeType.CONNECTION_ID;
      case MobilityTicket _ -> AttributeType.MOBILITY_TICKET;
    };
  }

  /**
   * Which channel.
   *
   * @param number 0 to 65535; those of {@link ChannelData} are valid
   */
  record ChannelNumber(int number) implements TurnAttribute {
    public ChannelNumber {
      Values.requireShort(number);
    }
  }

  /**
   * For how long an allocation is asked for or granted.
   *
   * @param seconds 0 to 2³² - 1
   */
  record Lifetime(long seconds) implements TurnAttribute {
    public Lifetime {
      Values.requireInt(seconds);
    }
  }

  /** The peer that data come from or go to. */
  record XorPeerAddress(InetSocketAddress address) implements TurnAttribute {
    public XorPeerAddress {
      Values.requireResolved(address);
    }
  }

  /** Where peers send to. */
  record XorRelayedAddress(InetSocketAddress address) implements TurnAttribute {
    public XorRelayedAddress {
      Values.requireResolved(address);
    }
  }

  /** What a datagram contains, of the peer's or to the peer. */
  @SuppressWarnings("ArrayRecordComponent") // equals and hashCode below compare the content
  record Data(byte[] bytes) implements TurnAttribute {
    @Override
    public boolean equals(Object other) {
      return other instanceof Data(byte[] others) && Arrays.equals(bytes, others);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }
  }

  /**
   * Of which family the relayed address shall be.
   *
   * @param family 0 to 255, see {@link AddressFamily}
   */
  record RequestedAddressFamily(int family) implements TurnAttribute {
    public RequestedAddressFamily {
      Values.requireByte(family);
    }
  }

  /**
   * Of which family a second relayed address shall be.
   *
   * @param family 0 to 255; only {@link AddressFamily#IPV6} is valid
   */
  record AdditionalAddressFamily(int family) implements TurnAttribute {
    public AdditionalAddressFamily {
      Values.requireByte(family);
    }
  }

  /**
   * Why there is no relayed address of this family, though there is one of the other.
   *
   * @param family 0 to 255, see {@link AddressFamily}
   * @param code 300 to 699
   */
  record AddressErrorCode(int family, int code, String reason) implements TurnAttribute {
    public AddressErrorCode {
      Values.requireByte(family);
      Values.requireErrorCode(code);
      Text.require(reason, MAX_TEXT_BYTES);
    }
  }

  /** The relayed port shall be even, and perhaps the next one be kept for later. */
  record EvenPort(boolean reserveNext) implements TurnAttribute {}

  /** By which the port that was kept is had. */
  record ReservationToken(long token) implements TurnAttribute {}

  /**
   * By which protocol is relayed.
   *
   * @param protocol 0 to 255, the number that IP has for it
   */
  record RequestedTransport(int protocol) implements TurnAttribute {
    public static final int TCP = 6;
    public static final int UDP = 17;

    public RequestedTransport {
      Values.requireByte(protocol);
    }
  }

  /** Datagrams shall leave with the bit DF set. */
  record DontFragment() implements TurnAttribute {}

  /**
   * What a router has said about a datagram.
   *
   * @param icmpType 0 to 127
   * @param code 0 to 511
   * @param data for example the MTU
   */
  record Icmp(int icmpType, int code, int data) implements TurnAttribute {
    static final int TYPE_BITS = 7;
    static final int CODE_BITS = 9;

    public Icmp {
      Values.requireBits(icmpType, TYPE_BITS);
      Values.requireBits(code, CODE_BITS);
    }
  }

  /** Which connection to a peer. */
  record ConnectionId(int id) implements TurnAttribute {}

  /** By which an allocation is found again from another address; empty to ask for one. */
  @SuppressWarnings("ArrayRecordComponent") // equals and hashCode below compare the content
  record MobilityTicket(byte[] ticket) implements TurnAttribute {
    @Override
    public boolean equals(Object other) {
      return other instanceof MobilityTicket(byte[] bytes) && Arrays.equals(ticket, bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(ticket);
    }
  }
}
