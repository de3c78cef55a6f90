package io.culvert.wire.stun;

import java.net.InetSocketAddress;

/** What the values of attributes must be; all else is an IllegalArgumentException. */
final class Values {
  private Values() {}

  static void requireResolved(InetSocketAddress address) {
    if (address.isUnresolved()) {
      throw new IllegalArgumentException(address + " is not resolved");
    }
  }

  static void requireLength(byte[] bytes, int length) {
    if (bytes.length != length) {
      throw new IllegalArgumentException(bytes.length + " bytes instead of " + length);
    }
  }

  static void requireErrorCode(int code) {
    if (code < 300 || code > 699) {
      throw new IllegalArgumentException("an error code is 300 to 699, not " + code);
    }
  }

  static void requireByte(int value) {
    requireBits(value, Byte.SIZE);
  }

  static void requireShort(int value) {
    requireBits(value, Short.SIZE);
  }

  static void requireInt(long value) {
    requireBits(value, Integer.SIZE);
  }

  static void requireBits(long value, int bits) {
    if (value < 0 || value >= 1L << bits) {
      throw new IllegalArgumentException(value + " has not " + bits + " bits");
    }
  }
}
