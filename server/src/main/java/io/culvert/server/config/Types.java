package io.culvert.server.config;

import io.culvert.server.turn.peer.Cidr;
import io.culvert.wire.flow.TurnUri;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.tomlj.TomlArray;

/** The kinds of values that settings have. */
final class Types {
  private static final Pattern DURATION_TEXT = Pattern.compile("([1-9][0-9]{0,5})([smhd])");
  private static final Pattern RATE_TEXT = Pattern.compile("([1-9][0-9]{0,5})(kB|MB|GB)");
  private static final Pattern ENDPOINT_TEXT =
      Pattern.compile("(?:\\[([0-9a-fA-F:.]+)]|([0-9.]+)):([1-9][0-9]{0,4})");

  static final Setting.Type<Boolean> BOOLEAN =
      new Setting.Type<>("true or false", toml -> expect(Boolean.class, toml));

  static final Setting.Type<Integer> PORT = integer(0, 65_535);

  static final Setting.Type<PortRange> PORT_RANGE =
      text("two ports from 1024 to 65535 such as \"49152-65535\"", PortRange::parse);

  static final Setting.Type<Path> PATH = text("a path in quotes", text -> Path.of(notEmpty(text)));

  static final Setting.Type<InetAddress> IP =
      text("an IP address in quotes", InetAddress::ofLiteral);

  static final Setting.Type<List<InetAddress>> IPS =
      list("a list of IP addresses in quotes", 1, IP);

  static final Setting.Type<List<Cidr>> CIDRS =
      list(
          "a list of IP addresses or prefixes such as \"203.0.113.0/24\"",
          0,
          text("", Types::prefix));

  static final Setting.Type<Optional<InetSocketAddress>> OPTIONAL_ENDPOINT =
      optional(
          "an IP address and a port such as \"203.0.113.7:3478\" or \"[2001:db8::7]:3478\"",
          Types::endpoint);

  static final Setting.Type<Optional<String>> OPTIONAL_TEXT =
      optional("text in quotes", text -> text);

  static final Setting.Type<Optional<Path>> OPTIONAL_PATH = optional("a path in quotes", Path::of);

  static final Setting.Type<Optional<Secret>> OPTIONAL_SECRET =
      optional("text in quotes", Secret::new);

  static final Setting.Type<List<Secret>> SECRETS =
      list("a list of texts in quotes, none of them empty", 0, text("", Secret::new));

  static final Setting.Type<List<TurnUri>> TURN_URIS =
      list(
          "a list of at most 8 addresses such as \"turns:relay.example:443?transport=tcp\"",
          0,
          8,
          text(
              "",
              text ->
                  TurnUri.parse(text)
                      .orElseThrow(() -> new IllegalArgumentException("no address of TURN"))));

  static final Setting.Type<String> REALM =
      text("text in quotes of 1 to 127 characters", Types::realm);

  static final Setting.Type<Duration> DURATION =
      text("a time such as \"90s\", \"15m\", \"12h\" or \"30d\"", Types::duration);

  static final Setting.Type<OptionalLong> OPTIONAL_RATE =
      text("an amount such as \"500kB\", \"10MB\" or \"1GB\"", Types::rate);

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

  /** What is written as text and read by a function, which throws IllegalArgumentException. */
  private static <T> Setting.Type<T> text(String description, Setting.TextParser<T> parser) {
    return new Setting.Type<>(description, toml -> parser.parse(expect(String.class, toml)));
  }

  /** The same, and the empty text says that there is none. */
  private static <T> Setting.Type<Optional<T>> optional(
      String description, Setting.TextParser<T> parser) {
    return text(
        description, text -> text.isEmpty() ? Optional.empty() : Optional.of(parser.parse(text)));
  }

  private static <T> Setting.Type<List<T>> list(
      String description, int least, Setting.Type<T> element) {
    return list(description, least, Integer.MAX_VALUE, element);
  }

  private static <T> Setting.Type<List<T>> list(
      String description, int least, int most, Setting.Type<T> element) {
    return new Setting.Type<>(
        description,
        toml -> {
          List<T> list = new ArrayList<>();
          for (Object value : expect(TomlArray.class, toml).toList()) {
            list.add(element.parser().parse(value));
          }
          if (list.size() < least || list.size() > most) {
            throw new IllegalArgumentException("too few or too many");
          }
          return List.copyOf(list);
        });
  }

  private static Cidr prefix(String text) {
    try {
      return Cidr.parse(text);
    } catch (IllegalArgumentException e) {
      throw new WrongValueException(String.valueOf(e.getMessage()), e);
    }
  }

  private static InetSocketAddress endpoint(String text) {
    Matcher matcher = ENDPOINT_TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not an address and a port");
    }
    String ip = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
    return new InetSocketAddress(
        InetAddress.ofLiteral(ip), Integer.parseInt(matcher.group(3))); // throws above 65535
  }

  /** RFC 8489 section 14.9: fewer than 128 characters. */
  private static String realm(String text) {
    if (text.isEmpty()
        || text.codePointCount(0, text.length()) > 127
        || text.codePoints().anyMatch(Character::isISOControl)) {
      throw new IllegalArgumentException("no realm");
    }
    return text;
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

  private static OptionalLong rate(String text) {
    if (text.isEmpty()) {
      return OptionalLong.empty();
    }
    Matcher matcher = RATE_TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not an amount");
    }
    long amount = Long.parseLong(matcher.group(1));
    return OptionalLong.of(
        switch (matcher.group(2)) {
          case "kB" -> amount * 1_000;
          case "MB" -> amount * 1_000_000;
          default -> amount * 1_000_000_000;
        });
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
