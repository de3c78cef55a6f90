package io.culvert.wire.stun;

import java.text.Normalizer;

/**
 * How names and passwords are brought into one form before they are compared or made into keys: the
 * profile OpaqueString of RFC 8265 §4.2. Case and what looks alike stay different.
 *
 * <p>What may stand beside what (the contextual rules of RFC 5892) is not checked: it is for
 * identifiers that people compare by eye.
 */
public final class OpaqueString {
  private static final int ZERO_WIDTH_NON_JOINER = 0x200c;
  private static final int ZERO_WIDTH_JOINER = 0x200d;

  private OpaqueString() {}

  /**
   * The text with every space a plain one, and composed (NFC).
   *
   * @throws IllegalArgumentException when it is empty or has characters that no password may have
   */
  public static String of(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("a name or password is empty");
    }
    StringBuilder mapped = new StringBuilder(text.length());
    text.codePoints().forEach(c -> mapped.appendCodePoint(plain(c)));
    return Normalizer.normalize(mapped, Normalizer.Form.NFC);
  }

  private static int plain(int c) {
    return switch (Character.getType(c)) {
      case Character.SPACE_SEPARATOR -> ' ';
      case Character.FORMAT -> {
        if (c != ZERO_WIDTH_NON_JOINER && c != ZERO_WIDTH_JOINER) {
          throw disallowed(c);
        }
        yield c;
      }
      case Character.CONTROL,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          throw disallowed(c);
      default -> c;
    };
  }

  /** The text itself may be a secret. */
  private static IllegalArgumentException disallowed(int c) {
    return new IllegalArgumentException("a name or password has the character U+%04X".formatted(c));
  }
}
