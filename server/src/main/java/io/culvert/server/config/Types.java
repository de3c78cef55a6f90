package io.culvert.server.config;

import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.tomlj.TomlArray;

/** The kinds of values that settings have. */
final class Types {
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
