package io.culvert.wire.stun;

import java.net.InetSocketAddress;

/** An attribute by which a client finds out how its NAT behaves: RFC 5780 §7. */
public sealed interface DiscoveryAttribute extends StunAttribute {
  @Override
  default int type() {
    return switch (this) {
      case ChangeRequest _ -> AttributeType.CHANGE_REQUEST;
      case ResponseOrigin _ -> AttributeType.RESPONSE_ORIGIN;
      case OtherAddress _ -> AttributeType.OTHER_ADDRESS;
      case ResponsePort _ -> AttributeType.RESPONSE_PORT;
      case Padding _ -> AttributeType.PADDING;
      case CacheTimeout _ -> AttributeType.CACHE_TIMEOUT;
    };
  }

  /** Whether the answer shall come from another address, and from another port. */
  record ChangeRequest(boolean changeIp, boolean changePort) implements DiscoveryAttribute {
    /** The bits of the attribute's number. */
    public static final int CHANGE_IP = 0x4;

    public static final int CHANGE_PORT = 0x2;
  }

  /** Where the answer comes from. */
  record ResponseOrigin(InetSocketAddress address) implements DiscoveryAttribute {
    public ResponseOrigin {
      Values.requireResolved(address);
    }
  }

  /** Where it would come from if both were changed. */
  record OtherAddress(InetSocketAddress address) implements DiscoveryAttribute {
    public OtherAddress {
      Values.requireResolved(address);
    }
  }

  /**
   * To which port of the client the answer shall go.
   *
   * @param port 0 to 65535
   */
  record ResponsePort(int port) implements DiscoveryAttribute {
    public ResponsePort {
      Values.requireShort(port);
    }
  }

  /**
   * So many bytes that mean nothing, to make a packet long.
   *
   * @param bytes 0 to 65528
   */
  record Padding(int bytes) implements DiscoveryAttribute {
    public Padding {
      Values.requireShort(bytes);
    }
  }

  /**
   * For how long the answer is worth remembering.
   *
   * @param seconds 0 to 2³² - 1
   */
  record CacheTimeout(long seconds) implements DiscoveryAttribute {
    public CacheTimeout {
      Values.requireInt(seconds);
    }
  }
}
