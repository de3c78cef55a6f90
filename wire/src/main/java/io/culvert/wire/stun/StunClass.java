package io.culvert.wire.stun;

/** What a STUN message is to its receiver, RFC 8489 §5. */
public enum StunClass {
  /** Wants an answer. */
  REQUEST(0x0000),
  /** Wants none. */
  INDICATION(0x0010),
  /** The answer to a request that has been done. */
  SUCCESS(0x0100),
  /** The answer to a request that has not. */
  ERROR(0x0110);

  private static final int BITS = 0x0110;

  private final int bits;

  StunClass(int bits) {
    this.bits = bits;
  }

  /** The class in the first two bytes of a message. */
  static StunClass ofType(int type) {
    return switch (type & BITS) {
      case 0x0000 -> REQUEST;
      case 0x0010 -> INDICATION;
      case 0x0100 -> SUCCESS;
      default -> ERROR;
    };
  }

  /** The method in the first two bytes of a message. */
  static int methodOfType(int type) {
    return ((type & 0x3e00) >> 2) | ((type & 0x00e0) >> 1) | (type & 0x000f);
  }

  /** The first two bytes of a message of this class. */
  int typeOf(int method) {
    return bits | ((method & 0x0f80) << 2) | ((method & 0x0070) << 1) | (method & 0x000f);
  }
}
