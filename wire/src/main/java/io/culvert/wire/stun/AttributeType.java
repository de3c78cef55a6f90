package io.culvert.wire.stun;

/** The numbers of attributes, RFC 8489 §18.3. */
public final class AttributeType {
  public static final int MAPPED_ADDRESS = 0x0001;
  public static final int USERNAME = 0x0006;
  public static final int MESSAGE_INTEGRITY = 0x0008;
  public static final int ERROR_CODE = 0x0009;
  public static final int UNKNOWN_ATTRIBUTES = 0x000a;
  public static final int REALM = 0x0014;
  public static final int NONCE = 0x0015;
  public static final int MESSAGE_INTEGRITY_SHA256 = 0x001c;
  public static final int XOR_MAPPED_ADDRESS = 0x0020;
  public static final int SOFTWARE = 0x8022;
  public static final int FINGERPRINT = 0x8028;

  private static final int FIRST_OPTIONAL = 0x8000;

  private AttributeType() {}

  /** Whether a request is to be refused by who does not understand this attribute. */
  public static boolean isComprehensionRequired(int type) {
    return type < FIRST_OPTIONAL;
  }

  /**
   * Attributes that vouch for what comes before them have a place: 0 for all others, which come
   * first. Behind one of them only those of a higher place count (RFC 8489 §14.5 to §14.7).
   */
  static int place(int type) {
    return switch (type) {
      case MESSAGE_INTEGRITY -> 1;
      case MESSAGE_INTEGRITY_SHA256 -> 2;
      case FINGERPRINT -> 3;
      default -> 0;
    };
  }
}
