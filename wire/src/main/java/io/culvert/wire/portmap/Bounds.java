package io.culvert.wire.portmap;

/**
 * What numbers of a message can be; all methods throw IllegalArgumentException when they are not.
 */
final class Bounds {
  private Bounds() {}

  /** A port, or 0, which stands for any. */
  static void requirePort(int port) {
    require("port", port, 0, 0xffff);
  }

  static void requireSeconds(long seconds) {
    require("number of seconds", seconds, 0, 0xffff_ffffL);
  }

  static void requireOpcode(int opcode) {
    require("opcode", opcode, 0, 0x7f);
  }

  static void requireResult(int result, int least, int most) {
    require("result", result, least, most);
  }

  private static void require(String what, long value, long least, long most) {
    if (value < least || value > most) {
      throw new IllegalArgumentException(
          "%s is %d to %d, not %d".formatted(what, least, most, value));
    }
  }
}
