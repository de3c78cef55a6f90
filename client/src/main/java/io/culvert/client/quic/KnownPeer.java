package io.culvert.client.quic;

import io.culvert.client.tls.Fingerprint;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** A line of {@link KnownPeers}: which identity a peer has shown. */
record KnownPeer(Name name, Fingerprint fingerprint, int number) {
  /** Accounts are names at a server. */
  record Name(String server, String account) {}

  /** Throws IllegalArgumentException when it is none. */
  static KnownPeer parse(String line, int number) {
    String[] words = line.split("\\s+", 3);
    if (words.length < 3) {
      throw new IllegalArgumentException("too few words");
    }
    return new KnownPeer(
        new Name(unescaped(words[0]), unescaped(words[1])),
        Fingerprint.ofAttribute(words[2].strip()),
        number);
  }

  /** As it stands in the file. */
  String line() {
    return escaped(name.server) + " " + escaped(name.account) + " " + fingerprint.attribute();
  }

  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder();
    text.codePoints()
        .forEach(c -> {
          if (c == '%' || c == '#' || Character.isWhitespace(c) || isInvisible(c)) {
            for (byte b : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
              escaped.append("%%%02X".formatted(b));
            }
          } else {
            escaped.appendCodePoint(c);
          }
        });
    return escaped.toString();
  }

  private static boolean isInvisible(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SPACE_SEPARATOR,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }

  private static String unescaped(String text) {
    // What that would take for a space is none here.
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }
}
