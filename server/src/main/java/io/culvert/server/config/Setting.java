package io.culvert.server.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One key of the configuration.
 *
 * @param key dotted, as in {@code tcppunch.port}
 * @param defaultToml the value when nothing is said, as TOML writes it; empty when there is none
 * @param exampleToml a value to show when there is no default
 * @param type turns the TOML value into T
 * @param live whether a change takes effect while the server runs
 * @param doc what it is for, a line each
 */
record Setting<T>(
    String key,
    String defaultToml,
    String exampleToml,
    Type<T> type,
    boolean live,
    List<String> doc) {
  /**
   * A kind of value.
   *
   * @param description for the sentence "… must be …"
   */
  record Type<T>(String description, Parser<T> parser) {}

  /** Turns a value as tomlj gives it (String, Long, Boolean, TomlArray …) into T. */
  @FunctionalInterface
  interface Parser<T> {
    /**
     * Returns the value.
     *
     * @throws IllegalArgumentException when it is not of this type, or out of range
     */
    T parse(Object toml);
  }

  /** Turns a text into T, and fails as a {@link Parser} does. */
  @FunctionalInterface
  interface TextParser<T> {
    T parse(String text);
  }

  static <T> Setting<T> of(String key, String defaultToml, Type<T> type, String... doc) {
    return new Setting<>(key, defaultToml, defaultToml, type, false, List.of(doc));
  }

  /** One that has no default; the doc says what holds then. */
  static <T> Setting<T> withoutDefault(
      String key, String exampleToml, Type<T> type, String... doc) {
    return new Setting<>(key, "", exampleToml, type, false, List.of(doc));
  }

  /** The same, whose changes take effect while the server runs. */
  Setting<T> whileRunning() {
    return new Setting<>(key, defaultToml, exampleToml, type, true, doc);
  }

  /** Whether that can be its value. */
  boolean accepts(@Nullable Object toml) {
    if (toml == null) {
      return false;
    }
    try {
      type.parser().parse(toml);
      return true;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** The part before the last dot; empty for a key at top level. */
  String table() {
    return key.contains(".") ? key.substring(0, key.lastIndexOf('.')) : "";
  }

  /** The part behind the last dot. */
  String name() {
    return key.substring(key.lastIndexOf('.') + 1);
  }
}
