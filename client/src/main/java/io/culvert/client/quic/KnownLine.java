package io.culvert.client.quic;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A line of a {@link KnownFile}: what is known of somebody.
 *
 * @param name whom, in so many words as all names of that file have
 * @param number counted from 1
 */
record KnownLine<V>(List<String> name, V known, int number) {
  /** Throws IllegalArgumentException when it is none. */
  static <V> KnownLine<V> parse(String line, int number, KnownFile.Form<V> form) {
    String[] words = line.split("\\s+", form.words() + 1);
    if (words.length <= form.words()) {
      throw new IllegalArgumentException("too few words");
    }
    List<String> name =
        List.of(words).subList(0, form.words()).stream().map(KnownLine::unescaped).toList();
    return new KnownLine<>(name, form.read().apply(words[form.words()].strip()), number);
  }

  /** As it stands in the file. */
  String line(KnownFile.Form<V> form) {
    return name.stream().map(KnownLine::escaped).collect(Collectors.joining(" "))
        + " "
        + form.write().apply(known);
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
