package io.culvert.server.config;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tomlj.TomlArray;

/** The kinds of values that settings have. */
final class Types {
  private static final Pattern DURATION_TEXT = Pattern.compile("([1-9][0-9]{0,5})([smhd])");

  static final Setting.Type<Boolean> BOOLEAN =
      new Setting.Type<>("true or false", toml -> expect(Boolean.class, toml));

  static final Setting.Type<Integer> PORT = integer(0, 65_535);

  static final Setting.Type<Path> PATH =
      new Setting.Type<>("a path in quotes", toml -> Path.of(notEmpty(expect(String.class, toml))));

  static final Setting.Type<InetAddress> IP =
      new Setting.Type<>(
          "an IP address in quotes", toml -> InetAddress.ofLiteral(expect(String.class, toml)));

  static final Setting.Type<List<InetAddress>> IPS =
      new Setting.Type<>("a list of IP addresses in quotes", Types::addresses);

  static final Setting.Type<Optional<String>> OPTIONAL_TEXT =
      new Setting.Type<>(
          "text in quotes",
          toml -> Optional.of(expect(String.class, toml)).filter(text -> !text.isEmpty()));

  static final Setting.Type<Optional<Path>> OPTIONAL_PATH =
      new Setting.Type<>(
          "a path in quotes", toml -> OPTIONAL_TEXT.parser().parse(toml).map(Path::of));

  static final Setting.Type<Duration> DURATION =
      new Setting.Type<>(
          "a time such as \"90s\", \"15m\", \"12h\" or \"30d\"",
          toml -> duration(expect(String.class, toml)));

  private Types() {}

  static Setting.Type<Integer> integer(int min, int max) {
    return new Setting.Type<>(
        "a whole number from " + min + " to " + max,
        toml -> {
          long value = expect(Long.class, toml);
          if (value < min || value > max) {
            throw new IllegalArgumentException("out of range");
          }
          return (int) value;
        });
  }

  private static List<InetAddress> addresses(Object toml) {
    List<InetAddress> addresses = new ArrayList<>();
    for (Object element : expect(TomlArray.class, toml).toList()) {
      addresses.add(IP.parser().parse(element));
    }
    if (addresses.isEmpty()) {
      throw new IllegalArgumentException("empty");
    }
    return List.copyOf(addresses);
  }

  private static Duration duration(String text) {
    Matcher matcher = DURATION_TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not a duration");
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> Duration.ofDays(amount);
    };
  }

  private static String notEmpty(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("empty");
    }
    return text;
  }

  private static <T> T expect(Class<T> type, Object toml) {
    if (!type.isInstance(toml)) {
      throw new IllegalArgumentException("not a " + type.getSimpleName());
    }
    return type.cast(toml);
  }
}
