package io.culvert.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.culvert.server.config.ServerConfig.FlowConfig;
import io.culvert.server.config.ServerConfig.HttpConfig;
import io.culvert.server.config.ServerConfig.StoreConfig;
import io.culvert.server.config.ServerConfig.TagConfig;
import io.culvert.server.config.ServerConfig.TcpPunchConfig;
import io.culvert.server.config.ServerConfig.TlsConfig;
import io.culvert.server.config.ServerConfig.TurnConfig;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigReaderTest {
  private static final ServerConfig DEFAULTS =
      new ServerConfig(
          DataDirectory.standard(),
          Optional.empty(),
          List.of(ip("0.0.0.0"), ip("::")),
          new FlowConfig(true, 3375, 3376, 16_384, Duration.ofDays(30)),
          new TcpPunchConfig(true, 40_040, 40_041, 16_384),
          new TagConfig(true, 20_000),
          new TurnConfig(true, 3478),
          new HttpConfig(ip("127.0.0.1"), 3380),
          new TlsConfig(Optional.empty(), Optional.empty()),
          new StoreConfig(Optional.empty()));

  private static final ServerConfig EVERYTHING_ELSE =
      new ServerConfig(
          Path.of("/srv/culvert data"),
          Optional.of(ip("203.0.113.10")),
          List.of(ip("192.0.2.1"), ip("2001:db8::1")),
          new FlowConfig(false, 3, 4, 5, Duration.ofMinutes(90)),
          new TcpPunchConfig(false, 1, 65_535, 2),
          new TagConfig(false, 5),
          new TurnConfig(false, 6),
          new HttpConfig(ip("::1"), 0),
          new TlsConfig(Optional.of(Path.of("/etc/c.pem")), Optional.of(Path.of("/etc/k.pem"))),
          new StoreConfig(Optional.of("jdbc:postgresql://db/culvert")));

  private final ConfigReader reader = new ConfigReader();
  private final Path file;

  ConfigReaderTest(@TempDir Path dir) {
    file = dir.resolve("culvert.toml");
  }

  static Stream<Setting<?>> settings() {
    return Settings.ALL.stream();
  }

  @Test
  void whereNothingIsSaidTheDefaultsHold() throws Exception {
    assertThat(reader.read()).isEqualTo(DEFAULTS);
  }

  @Test
  void anEmptyFileChangesNothing() throws Exception {
    assertThat(reader.file(write("")).read()).isEqualTo(DEFAULTS);
  }

  @Test
  void aFileSaysEverything() throws Exception {
    reader.file(
        write(
            """
            data = "/srv/culvert data"
            public-ip = "203.0.113.10"
            listen = ["192.0.2.1", "2001:db8::1"] # both families

            [account]
            port = 3
            token-life = "90m"

            [signal]
            enabled = false
            port = 4
            max-connections-per-ip = 5

            [tcppunch]
            enabled = false
            port = 1
            aux-port = 65535
            max-connections-per-ip = 2

            [tag]
            enabled = false
            port = 5

            [turn]
            enabled = false
            port = 6

            [http]
            listen = "::1"
            port = 0

            [tls]
            certificate = "/etc/c.pem"
            key = "/etc/k.pem"

            [store]
            url = "jdbc:postgresql://db/culvert"
            """));

    assertThat(reader.read()).isEqualTo(EVERYTHING_ELSE);
  }

  @Test
  void aTableMayBeWrittenAsDottedKeysOrInline() throws Exception {
    reader.file(
        write(
            """
            tcppunch.port = 1
            tcppunch."aux-port" = 2
            http = { listen = "::1", port = 3 }
            """));

    ServerConfig config = reader.read();

    assertThat(config.tcppunch()).isEqualTo(new TcpPunchConfig(true, 1, 2, 16_384));
    assertThat(config.http()).isEqualTo(new HttpConfig(ip("::1"), 3));
  }

  @Test
  void assignmentsSayEverything() throws Exception {
    reader
        .assignment("data=/srv/culvert data")
        .assignment("public-ip=203.0.113.10")
        .assignment("listen=[\"192.0.2.1\", \"2001:db8::1\"]")
        .assignment("account.port=3")
        .assignment("account.token-life=90m")
        .assignment("signal.enabled=false")
        .assignment("signal.port=4")
        .assignment("signal.max-connections-per-ip=5")
        .assignment("tag.enabled=false")
        .assignment("tag.port=5")
        .assignment("turn.enabled=false")
        .assignment("turn.port=6")
        .assignment("tls.certificate=/etc/c.pem")
        .assignment("tls.key=/etc/k.pem")
        .assignment("store.url=jdbc:postgresql://db/culvert")
        .assignment("tcppunch.enabled=false")
        .assignment("tcppunch.port=1")
        .assignment(" tcppunch.aux-port = 65535 ")
        .assignment("tcppunch.max-connections-per-ip=2")
        .assignment("http.listen=::1")
        .assignment("http.port=0");

    assertThat(reader.read()).isEqualTo(EVERYTHING_ELSE);
  }

  @Test
  void flagsSayWhatTheyAreFor() throws Exception {
    reader
        .flag("--data", "data", "C:\\culvert \"data\"")
        .flag("--public-ip", "public-ip", "203.0.113.10")
        .flag("--listen", "listen", List.of("192.0.2.1", "2001:db8::1"));

    ServerConfig config = reader.read();

    assertThat(config.data()).isEqualTo(Path.of("C:\\culvert \"data\""));
    assertThat(config.publicIp()).contains(ip("203.0.113.10"));
    assertThat(config.listen()).containsExactly(ip("192.0.2.1"), ip("2001:db8::1"));
  }

  @Test
  void aFlagThatIsNotGivenChangesNothing() throws Exception {
    reader.flag("--data", "data", (String) null).flag("--listen", "listen", List.of());

    assertThat(reader.read()).isEqualTo(DEFAULTS);
  }

  @Test
  void whatIsReadLaterWins() throws Exception {
    reader
        .file(
            write(
                """
                data = "/from/file"
                public-ip = "192.0.2.1"
                listen = ["192.0.2.1", "192.0.2.2"]
                tcppunch.port = 1
                tcppunch.aux-port = 2
                """))
        .assignment("data=/from/set")
        .assignment("listen=[\"192.0.2.3\"]")
        .assignment("tcppunch.port=3")
        .assignment("tcppunch.port=4")
        .flag("--data", "data", "/from/flag");

    ServerConfig config = reader.read();

    assertThat(config.data()).isEqualTo(Path.of("/from/flag"));
    assertThat(config.publicIp()).contains(ip("192.0.2.1"));
    assertThat(config.listen()).containsExactly(ip("192.0.2.3"));
    assertThat(config.tcppunch()).isEqualTo(new TcpPunchConfig(true, 4, 2, 16_384));
  }

  @Test
  void aWrongValueThatIsOverruledDoesNoHarm() throws Exception {
    reader.file(write("http.port = \"wrong\"")).assignment("http.port=80");

    assertThat(reader.read().http().port()).isEqualTo(80);
  }

  @ParameterizedTest
  @MethodSource("settings")
  void everyKeyIsReadFromTheCommandLineAndReturnsToItsDefault(Setting<?> setting) throws Exception {
    String value = setting.defaultToml().isEmpty() ? "203.0.113.10" : setting.defaultToml();

    reader.assignment(setting.key() + "=" + value);

    assertThat(reader.read())
        .isEqualTo(
            setting.defaultToml().isEmpty()
                ? new ConfigReader().flag("", setting.key(), value).read()
                : DEFAULTS);
  }

  @ParameterizedTest
  @MethodSource("settings")
  void aValueOfTheWrongTypeIsNamedWithItsLine(Setting<?> setting) throws Exception {
    reader.file(write("# a comment\n" + setting.key() + " = 1.5\n"));

    expect(
        reader::read,
        file + ", line 2: " + setting.key() + " must be " + setting.type().description() + ".");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          tcppunch.port=65536              | a whole number from 0 to 65535
          tcppunch.port=-1                 | a whole number from 0 to 65535
          tcppunch.port=9999999999         | a whole number from 0 to 65535
          tcppunch.port="80"               | a whole number from 0 to 65535
          tcppunch.port=                   | a whole number from 0 to 65535
          tcppunch.aux-port=70000          | a whole number from 0 to 65535
          http.port=http                   | a whole number from 0 to 65535
          tcppunch.max-connections-per-ip=0 | a whole number from 1 to 2147483647
          tcppunch.enabled=yes             | true or false
          tcppunch.enabled=1               | true or false
          data=                            | a path in quotes
          public-ip=example.com            | an IP address in quotes
          public-ip=203.0.113.256          | an IP address in quotes
          public-ip=                       | an IP address in quotes
          http.listen=localhost            | an IP address in quotes
          listen=0.0.0.0                   | a list of IP addresses in quotes
          listen=[]                        | a list of IP addresses in quotes
          listen=["0.0.0.0", "here"]       | a list of IP addresses in quotes
          listen=[1]                       | a list of IP addresses in quotes
          """)
  void aWrongValueOnTheCommandLineIsNamed(String assignment, String expected) throws Exception {
    reader.assignment(assignment);

    expect(
        reader::read,
        "--set %s: %s must be %s."
            .formatted(assignment, assignment.substring(0, assignment.indexOf('=')), expected));
  }

  @Test
  void aWrongFlagIsNamed() throws Exception {
    reader.flag("--public-ip", "public-ip", "example.com");

    expect(reader::read, "--public-ip: public-ip must be an IP address in quotes.");
  }

  @Test
  void aMissingFileIsNamed() {
    expect(() -> reader.file(file), "The configuration file " + file + " does not exist.");
  }

  @Test
  void aDirectoryIsNoFile() throws Exception {
    Files.createDirectory(file);

    expect(
        () -> reader.file(file),
        "The configuration file " + file + " cannot be read: it is a directory.");
  }

  /** Stands for all that the system refuses; root may read what others may not. */
  @Test
  void aFileBelowAFileCannotBeRead() throws Exception {
    Path below = write("").resolve("below");

    expect(
        () -> reader.file(below),
        "The configuration file " + below + " cannot be read: is it readable for this user?");
  }

  @Test
  void aFileThatIsNoTextIsNamed() throws Exception {
    Files.write(file, "data = \"caf\u00e9\"".getBytes(StandardCharsets.ISO_8859_1));

    expect(() -> reader.file(file), "The configuration file " + file + " is not UTF-8 text.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tcppunch.port = ",
        "tcppunch.port 40040",
        "tcppunch.port = 01",
        "[tcppunch",
        "data = \"never closed",
        "data = \"/a\"\ndata = \"/b\""
      })
  void aSyntaxErrorIsNamedWithItsLine(String text) throws Exception {
    write("\n" + text + "\n");

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> reader.file(file))
        .withMessageStartingWith(file + ", line " + (text.contains("\n") ? 3 : 2) + ": ")
        .withMessageEndingWith(".")
        .satisfies(e -> assertThat(e).message().doesNotContain("\n"));
  }

  @Test
  void anUnknownKeyIsNamedWithItsLineAndTheOneItResembles() throws Exception {
    write("[tcppunch]\nenabled = true\nmax-connections = 5\n");

    expect(
        () -> reader.file(file),
        file
            + ", line 3: unknown key tcppunch.max-connections. Did you mean"
            + " tcppunch.max-connections-per-ip?");
  }

  @ParameterizedTest
  @CsvSource({
    "port=1, port, account.port",
    "tags.port=1, tags.port, tag.port",
    "tcppunc.port=1, tcppunc.port, tcppunch.port",
    "http.aux-port=1, http.aux-port, tcppunch.aux-port",
    "enabled=true, enabled, signal.enabled",
    "max-connections-per-ip=1, max-connections-per-ip, signal.max-connections-per-ip",
    "http.list=::1, http.list, http.listen",
    "tcppunch=true, tcppunch, tcppunch.enabled"
  })
  void anUnknownKeyOnTheCommandLineIsNamedWithTheOneItResembles(
      String assignment, String key, String meant) {
    expect(
        () -> reader.assignment(assignment),
        "--set %s: unknown key %s. Did you mean %s?".formatted(assignment, key, meant));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense", "tcppunch.nonsense", "data.nonsense", "a-b_c"})
  void aKeyLikeNoOtherPointsToTheListOfAll(String key) {
    expect(
        () -> reader.assignment(key + "=1"),
        "--set %s=1: unknown key %s. culvert server --print-config shows all keys."
            .formatted(key, key));
  }

  @Test
  void anUnknownTableIsNamedEvenWhenItIsEmpty() throws Exception {
    Files.writeString(file, "[http]\n[relay]\n");
    expect(
        () -> reader.file(file),
        file + ", line 2: unknown key relay. culvert server --print-config shows all keys.");
  }

  @Test
  void textThatLooksLikeANumberIsTextWhereTextIsWanted() throws Exception {
    assertThat(new ConfigReader().assignment("data=1").read().data()).isEqualTo(Path.of("1"));
  }

  @Test
  void anAssignmentSetsOneKeyOnly() {
    expect(
        () -> new ConfigReader().assignment("http.port=1\ntcppunch.port=2").read(),
        "--set http.port=1\ntcppunch.port=2: http.port must be a whole number from 0 to 65535.");
  }

  @Test
  void aQuotedKeyWithADotIsAnotherKey() throws Exception {
    write("\"http.port\" = 1\n");

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> reader.file(file))
        .withMessageStartingWith(file + ", line 1: unknown key ")
        .withMessageContaining("http.port");
  }

  @ParameterizedTest
  @ValueSource(strings = {"tcppunch.port", "=1", "", "tcppunch.port 1"})
  void anAssignmentNeedsAKeyAndAnEqualsSign(String assignment) {
    expect(
        () -> reader.assignment(assignment),
        "--set takes KEY=VALUE, for example tcppunch.port=4040, not \"" + assignment + "\".");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b=1", "a..b=1", "[http]=1", "\"a=1", "http.port=1\nhttp.listen=1"})
  void anAssignmentThatIsNoneIsOneSentence(String assignment) {
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> reader.assignment(assignment).read())
        .withMessageStartingWith("--set ")
        .withMessageEndingWith(".");
  }

  private Path write(String text) throws IOException {
    return Files.writeString(file, text);
  }

  private static void expect(ThrowingReader call, String sentence) {
    assertThatExceptionOfType(ConfigException.class).isThrownBy(call::read).withMessage(sentence);
  }

  @FunctionalInterface
  private interface ThrowingReader {
    Object read() throws ConfigException;
  }

  private static InetAddress ip(String literal) {
    return InetAddress.ofLiteral(literal);
  }
}
