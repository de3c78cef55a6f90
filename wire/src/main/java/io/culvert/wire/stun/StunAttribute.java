package io.culvert.wire.stun;

import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;

/**
 * An attribute of a STUN message; the package's page shows its bytes. Arrays are not copied: treat
 * them as immutable.
 */
public sealed interface StunAttribute
    permits StunAttribute.MappedAddress,
        StunAttribute.XorMappedAddress,
        StunAttribute.Username,
        StunAttribute.UserHash,
        StunAttribute.Realm,
        StunAttribute.Nonce,
        StunAttribute.PasswordAlgorithms,
        StunAttribute.ChosenPasswordAlgorithm,
        StunAttribute.Software,
        StunAttribute.AlternateServer,
        StunAttribute.AlternateDomain,
        StunAttribute.ErrorCode,
        StunAttribute.UnknownAttributes,
        StunAttribute.MessageIntegrity,
        StunAttribute.MessageIntegritySha256,
        StunAttribute.Fingerprint,
        StunAttribute.Unknown,
        TurnAttribute,
        DiscoveryAttribute,
        IceAttribute {
  /** The longest text, in bytes of UTF-8 (RFC 8489 §14.14 and others). */
  int MAX_TEXT_BYTES = 763;

  /** The longest user name, in bytes of UTF-8 (RFC 8489 §14.3). */
  int MAX_USERNAME_BYTES = 508;

  /** The longest domain name (RFC 8489 §14.16). */
  int MAX_DOMAIN_BYTES = 255;

  /** Its number, one of {@link AttributeType} or any other. */
  default int type() {
    return switch (this) {
      case MappedAddress _ -> AttributeType.MAPPED_ADDRESS;
      case XorMappedAddress _ -> AttributeType.XOR_MAPPED_ADDRESS;
      case Username _ -> AttributeType.USERNAME;
      case UserHash _ -> AttributeType.USERHASH;
      case Realm _ -> AttributeType.REALM;
      case Nonce _ -> AttributeType.NONCE;
      case PasswordAlgorithms _ -> AttributeType.PASSWORD_ALGORITHMS;
      case ChosenPasswordAlgorithm _ -> AttributeType.PASSWORD_ALGORITHM;
      case Software _ -> AttributeType.SOFTWARE;
      case AlternateServer _ -> AttributeType.ALTERNATE_SERVER;
      case AlternateDomain _ -> AttributeType.ALTERNATE_DOMAIN;
      case ErrorCode _ -> AttributeType.ERROR_CODE;
      case UnknownAttributes _ -> AttributeType.UNKNOWN_ATTRIBUTES;
      case MessageIntegrity _ -> AttributeType.MESSAGE_INTEGRITY;
      case MessageIntegritySha256 _ -> AttributeType.MESSAGE_INTEGRITY_SHA256;
      case Fingerprint _ -> AttributeType.FINGERPRINT;
      case Unknown unknown -> unknown.type();
      case TurnAttribute turn -> turn.type();
      case DiscoveryAttribute discovery -> discovery.type();
      case IceAttribute ice -> ice.type();
    };
  }

  /** Where a request came from, as plain bytes, which some NATs rewrite. */
  record MappedAddress(InetSocketAddress address) implements StunAttribute {
    public MappedAddress {
      Values.requireResolved(address);
    }
  }

  /** Where a request came from. */
  record XorMappedAddress(InetSocketAddress address) implements StunAttribute {
    public XorMappedAddress {
      Values.requireResolved(address);
    }
  }

  /** Whose credentials the message is made with. */
  record Username(String name) implements StunAttribute {
    public Username {
      Text.require(name, MAX_USERNAME_BYTES);
    }
  }

  /** Whose credentials the message is made with, for nobody to read (RFC 8489 §14.4). */
  @SuppressWarnings("ArrayRecordComponent") // equals and hashCode below compare the content
  record UserHash(byte[] hash) implements StunAttribute {
    /** The bytes of a SHA-256. */
    public static final int BYTES = 32;

    public UserHash {
      Values.requireLength(hash, BYTES);
    }

    /**
     * That of a user.
     *
     * @throws IllegalArgumentException when {@link OpaqueString} does not allow one of the texts
     */
    public static UserHash of(String username, String realm) {
      String text = OpaqueString.of(username) + ":" + OpaqueString.of(realm);
      try {
        return new UserHash(
            MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
      } catch (NoSuchAlgorithmException e) {
        throw new AssertionError("every JDK has SHA-256", e);
      }
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof UserHash(byte[] bytes) && Arrays.equals(hash, bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(hash);
    }
  }

  /** Where the credentials are valid. */
  record Realm(String name) implements StunAttribute {
    public Realm {
      Text.require(name, MAX_TEXT_BYTES);
    }
  }

  /** What the server wants to see again in the next request. */
  record Nonce(String value) implements StunAttribute {
    public Nonce {
      Text.require(value, MAX_TEXT_BYTES);
    }
  }

  /** Which algorithms for passwords the server takes, the best one first. */
  record PasswordAlgorithms(List<Algorithm> algorithms) implements StunAttribute {
    public PasswordAlgorithms {
      algorithms = List.copyOf(algorithms);
    }
  }

  /** PASSWORD-ALGORITHM: which of them the message's key was made with. */
  record ChosenPasswordAlgorithm(Algorithm algorithm) implements StunAttribute {}

  /**
   * An algorithm for passwords, known or not.
   *
   * @param number 0 to 65535, see {@link PasswordAlgorithm}
   */
  @SuppressWarnings("ArrayRecordComponent") // equals and hashCode below compare the content
  record Algorithm(int number, byte[] parameters) {
    public Algorithm {
      Values.requireShort(number);
    }

    /** One that we know: they have no parameters. */
    public static Algorithm of(PasswordAlgorithm algorithm) {
      return new Algorithm(algorithm.number(), new byte[0]);
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Algorithm(int itsNumber, byte[] bytes)
          && number == itsNumber
          && Arrays.equals(parameters, bytes);
    }

    @Override
    public int hashCode() {
      return 31 * number + Arrays.hashCode(parameters);
    }
  }

  /** What program has sent the message. */
  record Software(String description) implements StunAttribute {
    public Software {
      Text.require(description, MAX_TEXT_BYTES);
    }
  }

  /** Which server to ask instead, with {@link ErrorCode#TRY_ALTERNATE}. */
  record AlternateServer(InetSocketAddress address) implements StunAttribute {
    public AlternateServer {
      Values.requireResolved(address);
    }
  }

  /** The name that the other server's certificate has. */
  record AlternateDomain(String name) implements StunAttribute {
    public AlternateDomain {
      Text.require(name, MAX_DOMAIN_BYTES);
    }
  }

  /**
   * Why a request has failed.
   *
   * @param code 300 to 699
   */
  record ErrorCode(int code, String reason) implements StunAttribute {
    /** Another server is to be asked. */
    public static final int TRY_ALTERNATE = 300;

    /** The request is malformed. */
    public static final int BAD_REQUEST = 400;

    /** Credentials are missing or wrong. */
    public static final int UNAUTHENTICATED = 401;

    /** The peer may not be sent to. */
    public static final int FORBIDDEN = 403;

    /** The server does not let allocations move (RFC 8016). */
    public static final int MOBILITY_FORBIDDEN = 405;

    /** The request has attributes that the server does not know but would have to. */
    public static final int UNKNOWN_ATTRIBUTE = 420;

    /** There is no allocation, or there is one already. */
    public static final int ALLOCATION_MISMATCH = 437;

    /** The nonce is not valid any more. */
    public static final int STALE_NONCE = 438;

    /** The server has no relayed addresses of that family. */
    public static final int ADDRESS_FAMILY_NOT_SUPPORTED = 440;

    /** The allocation is somebody else's. */
    public static final int WRONG_CREDENTIALS = 441;

    /** The server does not relay by that protocol. */
    public static final int UNSUPPORTED_TRANSPORT = 442;

    /** The peer's address is of another family than the relayed one. */
    public static final int PEER_ADDRESS_FAMILY_MISMATCH = 443;

    /** There is a connection to that peer already (RFC 6062). */
    public static final int CONNECTION_ALREADY_EXISTS = 446;

    /** The peer cannot be connected to (RFC 6062). */
    public static final int CONNECTION_TIMEOUT_OR_FAILURE = 447;

    /** The user has as many allocations as he may. */
    public static final int ALLOCATION_QUOTA_REACHED = 486;

    /** Both peers take the same role in ICE (RFC 8445 §7.3.1.1). */
    public static final int ROLE_CONFLICT = 487;

    /** The server has failed; it may do better later. */
    public static final int SERVER_ERROR = 500;

    /** The server has no more of what was asked for. */
    public static final int INSUFFICIENT_CAPACITY = 508;

    public ErrorCode {
      Values.requireErrorCode(code);
      Text.require(reason, MAX_TEXT_BYTES);
    }
  }

  /** Which attributes the server does not know. */
  record UnknownAttributes(List<Integer> types) implements StunAttribute {
    public UnknownAttributes {
      types = List.copyOf(types);
      types.forEach(Values::requireShort);
    }
  }

  /** An HMAC over what comes before it, with the sender's key; not verified here. */
  @SuppressWarnings("ArrayRecordComponent") // equals and hashCode below compare the content
  record MessageIntegrity(byte[] hmac) implements StunAttribute {
    /** The bytes of an HMAC-SHA1. */
    public static final int BYTES = 20;

    public MessageIntegrity {
      Values.requireLength(hmac, BYTES);
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
   * The same with a better HMAC, of which the end may have been cut off; not verified here.
   *
   * @param hmac 16 to 32 bytes, a multiple of 4
   */
  @SuppressWarnings("ArrayRecordComponent") // equals and hashCode below compare the content
  record MessageIntegritySha256(byte[] hmac) implements StunAttribute {
    /** What must be left of it. */
    public static final int MIN_BYTES = 16;

    /** The bytes of an HMAC-SHA256. */
    public static final int MAX_BYTES = 32;

    public MessageIntegritySha256 {
      if (!Integrity.isLength(AttributeType.MESSAGE_INTEGRITY_SHA256, hmac.length)) {
        throw new IllegalArgumentException(
            "of an HMAC-SHA256 there are 16 to 32 bytes, in fours, not " + hmac.length);
      }
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof MessageIntegritySha256(byte[] bytes) && Arrays.equals(hmac, bytes);
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
      Values.requireShort(type);
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
}
