package io.culvert.server.config;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseError;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** The values that have been given to settings, and the defaults of the others. Not thread-safe. */
final class Given {
  /** A value and where it stands, for error sentences. */
  private record Value(Object toml, String place) {}

  private static final Map<String, Setting<?>> KNOWN =
      Settings.ALL.stream().collect(Collectors.toMap(Setting::key, setting -> setting));

  private final Map<String, Value> values = new HashMap<>();

  /**
   * Takes all values of a TOML text; they replace those that were given before.
   *
   * @param source a file, whose lines are told in errors, or what begins with two dashes: a flag
   */
  void take(String text, String source) throws ConfigException {
    TomlParseResult toml = Toml.parse(text);
    if (toml.hasErrors()) {
      TomlParseError error = toml.errors().getFirst();
      throw new ConfigException(
          place(source, error.position()) + ": " + firstSentence(error.getMessage()));
    }
    for (String table : emptyTables(toml)) {
      if (KNOWN.keySet().stream().noneMatch(key -> key.startsWith(table + "."))) {
        throw new ConfigException(
            place(source, toml.inputPositionOf(table)) + ": " + unknown(table));
      }
    }
    for (Map.Entry<String, Object> entry : toml.dottedEntrySet()) {
      String place = place(source, toml.inputPositionOf(entry.getKey()));
      if (!KNOWN.containsKey(entry.getKey())) {
        throw new ConfigException(place + ": " + unknown(entry.getKey()));
      }
      values.put(entry.getKey(), new Value(entry.getValue(), place));
    }
  }

  /** The value of a setting that has a default. */
  <T> T get(Setting<T> setting) throws ConfigException {
    return find(setting).orElseThrow();
  }

  /** The value of a setting; nothing when none is given and there is no default. */
  <T> Optional<T> find(Setting<T> setting) throws ConfigException {
    Value value = values.get(setting.key());
    if (value == null) {
      return Optional.ofNullable(Toml.parse("v = " + setting.defaultToml()).get("v"))
          .map(toml -> setting.type().parser().parse(toml));
    }
    try {
      return Optional.of(setting.type().parser().parse(value.toml()));
    } catch (WrongValueException e) {
      throw new ConfigException(value.place() + ": " + setting.key() + ": " + e.getMessage());
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          "%s: %s must be %s."
              .formatted(value.place(), setting.key(), setting.type().description()));
    }
  }

  /** The fault of a setting whose value is of its type, but does not fit the others. */
  ConfigException fault(Setting<?> setting, String what) {
    Value value = values.get(setting.key());
    return new ConfigException(
        (value == null ? "" : value.place() + ": ") + setting.key() + " " + what);
  }

  private static List<String> emptyTables(TomlParseResult toml) {
    return toml.dottedKeySet(true).stream()
        .filter(key -> toml.get(key) instanceof TomlTable table && table.isEmpty())
        .toList();
  }

  private static String unknown(String key) {
    String nearest =
        Settings.ALL.stream()
            .map(Setting::key)
            .filter(known ->
                known.startsWith(key)
                    || known.endsWith(lastPart(key))
                    || lastPart(known).startsWith(lastPart(key)))
            .min(Comparator.comparingInt(known -> unlikeness(known, key)))
            .map(known -> " Did you mean " + known + "?")
            .orElse(" culvert server --print-config shows all keys.");
    return "unknown key " + key + "." + nearest;
  }

  /** How little two keys begin alike, a whole beginning counting most. */
  private static int unlikeness(String known, String key) {
    int alike = Arrays.mismatch(known.toCharArray(), key.toCharArray());
    return known.startsWith(key) ? Integer.MIN_VALUE : -alike;
  }

  private static String lastPart(String key) {
    return key.substring(key.lastIndexOf('.') + 1);
  }

  private static String place(String source, @Nullable TomlPosition position) {
    return source.startsWith("--") || position == null
        ? source
        : source + ", line " + position.line();
  }

  private static String firstSentence(@Nullable String message) {
    String text = message == null ? "not valid TOML" : message.lines().findFirst().orElse("");
    return text.endsWith(".") ? text : text + ".";
  }
}
