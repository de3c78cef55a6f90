package io.culvert.server.account;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;

/**
 * What an account may be called: 1 to 255 bytes of UTF-8 without control characters, neither
 * beginning nor ending with a space. Names are compared byte by byte.
 */
final class AccountName {
  private static final int MAX_BYTES = 255;

  /** What Java makes of the letters of an argument where the locale is not one of UTF-8. */
  private static final char LOST_LETTER = '\ufffd';

  private AccountName() {}

  /**
   * The name in Unicode's normal form C, as keyboards produce it: no two accounts look the same
   * because one has its accents composed and the other has not.
   *
   * @throws IllegalArgumentException when no account can be called that; the message says why
   */
  static String normalized(String name) {
    String normalized = Normalizer.normalize(name, Normalizer.Form.NFC);
    String fault = fault(normalized);
    if (!fault.isEmpty()) {
      throw new IllegalArgumentException("an account's name " + fault);
    }
    return normalized;
  }

  /** Whether an account can be called exactly that. */
  static boolean isName(String name) {
    return fault(name).isEmpty();
  }

  private static String fault(String name) {
    if (name.isEmpty()) {
      return "must not be empty";
    }
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(name)) {
      return "must be Unicode text";
    }
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes > MAX_BYTES) {
      return "is at most " + MAX_BYTES + " bytes long, not " + bytes;
    }
    if (name.codePoints().anyMatch(Character::isISOControl)) {
      return "must not contain control characters";
    }
    if (name.indexOf(LOST_LETTER) >= 0) {
      return "has letters that this locale does not know; set LC_ALL=C.UTF-8";
    }
    if (isSpace(name.codePointAt(0)) || isSpace(name.codePointBefore(name.length()))) {
      return "must not begin or end with a space";
    }
    return "";
  }

  private static boolean isSpace(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c);
  }
}
