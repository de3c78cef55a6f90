package io.culvert.wire.stun;

/** Where things are in a message, RFC 8489 §5 and §14. */
final class StunLayout {
  /** Zero in every message of STUN. */
  static final int FIRST_TWO_BITS = 0xc0;

  static final int LENGTH_AT = 2;
  static final int COOKIE_AT = 4;
  static final int TRANSACTION_ID_AT = 8;
  static final int HEADER_BYTES = 20;
  static final int ATTRIBUTE_HEADER_BYTES = 4;
  static final int ALIGNMENT = 4;
  static final int MAX_LENGTH = 0xfffc;

  /** What a message can be told by from other traffic on the same socket. */
  static final int MAGIC_COOKIE = 0x2112a442;

  private StunLayout() {}

  /** That many bytes with their padding. */
  static int padded(int bytes) {
    return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
  }
}
