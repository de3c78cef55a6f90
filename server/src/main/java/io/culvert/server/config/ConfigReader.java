package io.culvert.server.config;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlParseResult;

/**
 * Reads the configuration: the defaults, a TOML file over them, flags over both. Whatever is read
 * later wins. Not thread-safe.
 */
public final class ConfigReader {
  private final Given given = new Given();

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
    given.take(text, file.toString());
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
    given.take(key + " = " + (isToml(key, value) ? value : quoted(value)), "--set");
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
      given.take(key + " = " + quoted(value), flag);
    }
    return this;
  }

  /** The same for a list of texts. */
  public ConfigReader flag(String flag, String key, Iterable<String> values)
      throws ConfigException {
    StringBuilder list = new StringBuilder();
    values.forEach(value -> list.append(list.isEmpty() ? "" : ", ").append(quoted(value)));
    if (!list.isEmpty()) {
      given.take(key + " = [" + list + "]", flag);
    }
    return this;
  }

  /**
   * What has been read, defaults where nothing was said.
   *
   * @throws ConfigException when a value is not of its setting's type
   */
  public ServerConfig read() throws ConfigException {
    return ServerConfig.of(given);
  }

  /**
   * What has become of the settings since another reader has read them.
   *
   * @throws ConfigException when a value of either is not of its setting's type
   */
  public List<ConfigChange> changesSince(ConfigReader before) throws ConfigException {
    List<ConfigChange> changes = new ArrayList<>();
    for (Setting<?> setting : Settings.ALL) {
      if (!given.find(setting).equals(before.given.find(setting))) {
        changes.add(new ConfigChange(setting.key(), setting.live()));
      }
    }
    return changes;
  }

  private static String quoted(String text) {
    return "\"" + Toml.tomlEscape(text) + "\"";
  }
}
