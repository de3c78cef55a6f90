package io.culvert.wire.stun;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * An attribute of a STUN message; the package's page shows its bytes. Arrays are not copied: treat
 * them as immutable.
 */
public sealed interface StunAttribute {
  /** The longest text, in bytes of UTF-8 (RFC 8489 §14.14 and others). */
  int MAX_TEXT_BYTES = 763;

  /** Its number, one of {@link AttributeType} or any other. */
  default int type() {
    return switch (this) {
      case MappedAddress _ -> AttributeType.MAPPED_ADDRESS;
      case XorMappedAddress _ -> AttributeType.XOR_MAPPED_ADDRESS;
      case Username _ -> AttributeType.USERNAME;
      case Realm _ -> AttributeType.REALM;
      case Nonce _ -> AttributeType.NONCE;
      case Software _ -> AttributeType.SOFTWARE;
      case ErrorCode _ -> AttributeType.ERROR_CODE;
      case UnknownAttributes _ -> AttributeType.UNKNOWN_ATTRIBUTES;
      case MessageIntegrity _ -> AttributeType.MESSAGE_INTEGRITY;
      case Fingerprint _ -> AttributeType.FINGERPRINT;
      case Unknown unknown -> unknown.type();
    };
  }

  /** Where a request came from, as plain bytes, which some NATs rewrite. */
  record MappedAddress(InetSocketAddress address) implements StunAttribute {
    public MappedAddress {
      requireResolved(address);
    }
  }

  /** Where a request came from. */
  record XorMappedAddress(InetSocketAddress address) implements StunAttribute {
    public XorMappedAddress {
      requireResolved(address);
    }
  }

  /** Whose credentials the message is made with. */
  record Username(String name) implements StunAttribute {
    public Username {
      requireText(name);
    }
  }

  /** Where the credentials are valid. */
  record Realm(String name) implements StunAttribute {
    public Realm {
      requireText(name);
    }
  }

  /** What the server wants to see again in the next request. */
  record Nonce(String value) implements StunAttribute {
    public Nonce {
      requireText(value);
    }
  }

  /** What program has sent the message. */
  record Software(String description) implements StunAttribute {
    public Software {
      requireText(description);
    }
  }

  /**
   * Why a request has failed.
   *
   * @param code 300 to 699
   */
  record ErrorCode(int code, String reason) implements StunAttribute {
    /** Credentials are missing or wrong. */
    public static final int UNAUTHENTICATED = 401;

    /** The request has attributes that the server does not know but would have to. */
    public static final int UNKNOWN_ATTRIBUTE = 420;

    public ErrorCode {
      if (code < 300 || code > 699) {
        throw new IllegalArgumentException("an error code is 300 to 699, not " + code);
      }
      requireText(reason);
    }
  }

  /** Which attributes the server does not know. */
  record UnknownAttributes(List<Integer> types) implements StunAttribute {
    public UnknownAttributes {
      types = List.copyOf(types);
      types.forEach(StunAttribute::requireType);
    }
  }

  /** An HMAC over what comes before it, with the sender's key; not verified here. */
  @SuppressWarnings("ArrayRecordComponent") // equals and hashCode below compare the content
  record MessageIntegrity(byte[] hmac) implements StunAttribute {
    /** The bytes of an HMAC-SHA1. */
    public static final int BYTES = 20;

    public MessageIntegrity {
      if (hmac.length != BYTES) {
        throw new IllegalArgumentException("an HMAC-SHA1 has 20 bytes, not " + hmac.length);
      }
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof MessageIntegrity(byte[] bytes) && Arrays.equals(hmac, bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(hmac);
    }
  }

  /**
   * The message is marked as one of STUN, and as whole: a CRC-32 that is computed in writing and
   * has been found right in reading.
   */
  record Fingerprint() implements StunAttribute {}

  /** An attribute without a record of its own. */
  @SuppressWarnings("ArrayRecordComponent") // equals and hashCode below compare the content
  record Unknown(int type, byte[] value) implements StunAttribute {
    public Unknown {
      requireType(type);
    }

    /** Whether who does not understand it must not go on. */
    public boolean comprehensionRequired() {
      return AttributeType.isComprehensionRequired(type);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Unknown(int otherType, byte[] bytes)
          && type == otherType
          && Arrays.equals(value, bytes);
    }

    @Override
    public int hashCode() {
      return 31 * type + Arrays.hashCode(value);
    }
  }

  private static void requireResolved(InetSocketAddress address) {
    if (address.isUnresolved()) {
      throw new IllegalArgumentException(address + " is not resolved");
    }
  }

  private static void requireText(String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new IllegalArgumentException("text must be Unicode");
    }
    int bytes = text.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_TEXT_BYTES) {
      throw new IllegalArgumentException("text of " + bytes + " bytes, more than 763");
    }
  }

  private static void requireType(int type) {
    if (type < 0 || type > 0xffff) {
      throw new IllegalArgumentException("a type has 16 bits, unlike " + type);
    }
  }
}
