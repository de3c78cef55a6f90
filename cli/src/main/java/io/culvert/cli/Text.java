package io.culvert.cli;

/** Text of strangers, made fit for a terminal. */
final class Text {
  private Text() {}

  /** The same text with a question mark for every control character except tab. */
  static String printable(String text) {
    return text.codePoints()
        .map(c -> c != '\t' && (Character.isISOControl(c) || isBidiControl(c)) ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** These turn the direction of what follows, so that a name can pass for another. */
  private static boolean isBidiControl(int c) {
    return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
  }
}
