package io.culvert.server.config;

import io.culvert.server.config.ServerConfig.FlowConfig;
import io.culvert.server.config.ServerConfig.HttpConfig;
import io.culvert.server.config.ServerConfig.StoreConfig;
import io.culvert.server.config.ServerConfig.TagConfig;
import io.culvert.server.config.ServerConfig.TcpPunchConfig;
import io.culvert.server.config.ServerConfig.TlsConfig;
import io.culvert.server.config.ServerConfig.TurnConfig;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
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

/**
 * Reads the configuration: the defaults, a TOML file over them, flags over both. Whatever is read
 * later wins. Not thread-safe.
 */
public final class ConfigReader {
  /** A value and where it stands, for error sentences. */
  private record Given(Object toml, String place) {}

  private final Map<String, Given> given = new HashMap<>();

  /**
   * Takes the settings of a file.
   *
   * @throws ConfigException when it cannot be read, is no TOML, or has an unknown key
   */
  public ConfigReader file(Path file) throws ConfigException {
    String text;
    try {
      text = Files.readString(file);
    } catch (NoSuchFileException e) {
      throw new ConfigException("The configuration file " + file + " does not exist.");
    } catch (MalformedInputException e) {
      throw new ConfigException("The configuration file " + file + " is not UTF-8 text.");
    } catch (IOException e) {
      String why = Files.isDirectory(file) ? "it is a directory." : "is it readable for this user?";
      throw new ConfigException("The configuration file " + file + " cannot be read: " + why);
    }
    take(text, file.toString());
    return this;
  }

  /**
   * Takes one setting from the command line.
   *
   * @param assignment {@code KEY=VALUE}, the value as in TOML; text needs no quotes
   * @throws ConfigException when it is not of that form, or the key is unknown
   */
  public ConfigReader assignment(String assignment) throws ConfigException {
    int equals = assignment.indexOf('=');
    if (equals <= 0) {
      throw new ConfigException(
          "--set takes KEY=VALUE, for example tcppunch.port=4040, not \"" + assignment + "\".");
    }
    String key = assignment.substring(0, equals).strip();
    String value = assignment.substring(equals + 1).strip();
    take(key + " = " + (isToml(key, value) ? value : quoted(value)), "--set " + assignment);
    return this;
  }

  /** Whether it says what it means as it stands; if not, it is a text that lacks its quotes. */
  private static boolean isToml(String key, String value) {
    TomlParseResult toml = Toml.parse("v = " + value);
    if (value.isEmpty() || toml.hasErrors() || toml.size() != 1) {
      return false;
    }
    return Settings.ALL.stream()
        .filter(setting -> setting.key().equals(key))
        .noneMatch(setting -> setting.accepts(value) && !setting.accepts(toml.get("v")));
  }

  /** Takes the value of a flag, as text; a null changes nothing. */
  public ConfigReader flag(String flag, String key, @Nullable String value) throws ConfigException {
    if (value != null) {
      take(key + " = " + quoted(value), flag);
    }
    return this;
  }

  /** The same for a list of texts. */
  public ConfigReader flag(String flag, String key, Iterable<String> values)
      throws ConfigException {
    StringBuilder list = new StringBuilder();
    values.forEach(value -> list.append(list.isEmpty() ? "" : ", ").append(quoted(value)));
    if (!list.isEmpty()) {
      take(key + " = [" + list + "]", flag);
    }
    return this;
  }

  /**
   * What has been read, defaults where nothing was said.
   *
   * @throws ConfigException when a value is not of its setting's type
   */
  public ServerConfig read() throws ConfigException {
    int port = value(Settings.TCPPUNCH_PORT).orElseThrow();
    if (port != 0 && port == value(Settings.TCPPUNCH_AUX_PORT).orElseThrow()) {
      throw new ConfigException("tcppunch.port and tcppunch.aux-port must not be the same.");
    }
    return new ServerConfig(
        value(Settings.DATA).orElseGet(DataDirectory::standard),
        value(Settings.PUBLIC_IP),
        value(Settings.LISTEN).orElseThrow(),
        new FlowConfig(
            value(Settings.SIGNAL_ENABLED).orElseThrow(),
            value(Settings.ACCOUNT_PORT).orElseThrow(),
            value(Settings.SIGNAL_PORT).orElseThrow(),
            value(Settings.SIGNAL_MAX_CONNECTIONS_PER_IP).orElseThrow(),
            value(Settings.ACCOUNT_TOKEN_LIFE).orElseThrow()),
        new TcpPunchConfig(
            value(Settings.TCPPUNCH_ENABLED).orElseThrow(),
            value(Settings.TCPPUNCH_PORT).orElseThrow(),
            value(Settings.TCPPUNCH_AUX_PORT).orElseThrow(),
            value(Settings.TCPPUNCH_MAX_CONNECTIONS_PER_IP).orElseThrow()),
        new TagConfig(
            value(Settings.TAG_ENABLED).orElseThrow(), value(Settings.TAG_PORT).orElseThrow()),
        new TurnConfig(
            value(Settings.TURN_ENABLED).orElseThrow(), value(Settings.TURN_PORT).orElseThrow()),
        new HttpConfig(
            value(Settings.HTTP_LISTEN).orElseThrow(), value(Settings.HTTP_PORT).orElseThrow()),
        new TlsConfig(
            value(Settings.TLS_CERTIFICATE).orElseThrow(), value(Settings.TLS_KEY).orElseThrow()),
        new StoreConfig(value(Settings.STORE_URL).orElseThrow()));
  }

  private void take(String text, String source) throws ConfigException {
    TomlParseResult toml = Toml.parse(text);
    if (toml.hasErrors()) {
      TomlParseError error = toml.errors().getFirst();
      throw new ConfigException(
          place(source, error.position()) + ": " + firstSentence(error.getMessage()));
    }
    Map<String, Setting<?>> known =
        Settings.ALL.stream().collect(Collectors.toMap(Setting::key, setting -> setting));
    for (String table : emptyTables(toml)) {
      if (known.keySet().stream().noneMatch(key -> key.startsWith(table + "."))) {
        throw new ConfigException(
            place(source, toml.inputPositionOf(table)) + ": " + unknown(table));
      }
    }
    for (Map.Entry<String, Object> entry : toml.dottedEntrySet()) {
      String place = place(source, toml.inputPositionOf(entry.getKey()));
      if (!known.containsKey(entry.getKey())) {
        throw new ConfigException(place + ": " + unknown(entry.getKey()));
      }
      given.put(entry.getKey(), new Given(entry.getValue(), place));
    }
  }

  private static List<String> emptyTables(TomlParseResult toml) {
    return toml.dottedKeySet(true).stream()
        .filter(key -> toml.get(key) instanceof TomlTable table && table.isEmpty())
        .toList();
  }

  private <T> Optional<T> value(Setting<T> setting) throws ConfigException {
    Given value = given.get(setting.key());
    if (value == null) {
      return Optional.ofNullable(Toml.parse("v = " + setting.defaultToml()).get("v"))
          .map(toml -> setting.type().parser().parse(toml));
    }
    try {
      return Optional.of(setting.type().parser().parse(value.toml()));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          "%s: %s must be %s."
              .formatted(value.place(), setting.key(), setting.type().description()));
    }
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

  private static String quoted(String text) {
    return "\"" + Toml.tomlEscape(text) + "\"";
  }
}
