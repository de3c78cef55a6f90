package io.culvert.server.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.culvert.server.config.ServerConfig.FlowConfig;
import io.culvert.server.config.ServerConfig.HttpConfig;
import io.culvert.server.config.ServerConfig.StoreConfig;
import io.culvert.server.config.ServerConfig.TagConfig;
import io.culvert.server.config.ServerConfig.TcpPunchConfig;
import io.culvert.server.config.ServerConfig.TlsConfig;
import io.culvert.server.turn.peer.Cidr;
import io.culvert.wire.flow.TurnUri;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigReaderTest {
  private static final TurnConfig DEFAULT_TURN =
      new TurnConfig(
          true,
          3478,
          5349,
          List.of(),
          "culvert",
          new PortRange(49_152, 65_535),
          new TurnConfig.Peers(List.of(), List.of(), false),
          List.of(),
          new TurnConfig.Limits(
              Duration.ofHours(1), 4096, 65_536, OptionalLong.empty(), OptionalLong.empty()),
          false,
          true,
          Optional.empty(),
          Duration.ofSeconds(60),
          0);

  private static final TurnConfig OTHER_TURN =
      new TurnConfig(
          false,
          6,
          7,
          List.of(
              new TurnUri(true, "relay.example", 443, TurnUri.Transport.TCP),
              new TurnUri(false, "2001:db8::7", 3478, TurnUri.Transport.UDP)),
          "example.org",
          new PortRange(1024, 1025),
          new TurnConfig.Peers(
              List.of(Cidr.parse("203.0.113.0/24"), Cidr.parse("2001:db8::/32")),
              List.of(Cidr.parse("198.51.100.7")),
              true),
          List.of(new Secret("new"), new Secret("old")),
          new TurnConfig.Limits(
              Duration.ofMinutes(20), 1, 2, OptionalLong.of(500_000), OptionalLong.of(10_000_000)),
          true,
          false,
          Optional.of(new InetSocketAddress(ip("2001:db8::7"), 3478)),
          Duration.ofSeconds(5),
          3);

  private static final ServerConfig DEFAULTS =
      new ServerConfig(
          DataDirectory.standard(),
          Optional.empty(),
          List.of(ip("0.0.0.0"), ip("::")),
          new FlowConfig(true, 3375, 3376, 16_384, Duration.ofDays(30)),
          new TcpPunchConfig(true, 40_040, 40_041, 16_384),
          new TagConfig(true, 20_000),
          DEFAULT_TURN,
          new HttpConfig(ip("127.0.0.1"), 3380, Optional.empty()),
          Optional.empty(),
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
          OTHER_TURN,
          new HttpConfig(ip("::1"), 0, Optional.of(new Secret("prometheus"))),
          Optional.of(443),
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
            tls-port = 7
            uris = ["turns:relay.example:443?transport=tcp", "turn:[2001:db8::7]"]
            realm = "example.org"
            relay-ports = "1024-1025"
            allow-peers = ["203.0.113.0/24", "2001:db8::/32"]
            deny-peers = ["198.51.100.7"]
            allow-loopback-peers = true
            secrets = ["new", "old"]
            max-lifetime = "20m"
            max-allocations-per-user = 1
            max-allocations = 2
            max-bandwidth-per-user = "500kB"
            max-bandwidth = "10MB"
            rfc5766-channels = true
            mobility = false
            alternate-server = "[2001:db8::7]:3478"
            drain-timeout = "5s"
            threads = 3

            [http]
            listen = "::1"
            port = 0
            metrics-token = "prometheus"

            [tls]
            port = 443
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
    assertThat(config.http()).isEqualTo(new HttpConfig(ip("::1"), 3, Optional.empty()));
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
        .assignment("turn.tls-port=7")
        .assignment("turn.uris=[\"turns:relay.example:443?transport=tcp\", \"turn:[2001:db8::7]\"]")
        .assignment("turn.realm=example.org")
        .assignment("turn.relay-ports=1024-1025")
        .assignment("turn.allow-peers=[\"203.0.113.0/24\", \"2001:db8::/32\"]")
        .assignment("turn.deny-peers=[\"198.51.100.7\"]")
        .assignment("turn.allow-loopback-peers=true")
        .assignment("turn.secrets=[\"new\", \"old\"]")
        .assignment("turn.max-lifetime=20m")
        .assignment("turn.max-allocations-per-user=1")
        .assignment("turn.max-allocations=2")
        .assignment("turn.max-bandwidth-per-user=500kB")
        .assignment("turn.max-bandwidth=10MB")
        .assignment("turn.rfc5766-channels=true")
        .assignment("turn.mobility=false")
        .assignment("turn.alternate-server=[2001:db8::7]:3478")
        .assignment("turn.drain-timeout=5s")
        .assignment("turn.threads=3")
        .assignment("tls.port=443")
        .assignment("tls.certificate=/etc/c.pem")
        .assignment("tls.key=/etc/k.pem")
        .assignment("store.url=jdbc:postgresql://db/culvert")
        .assignment("tcppunch.enabled=false")
        .assignment("tcppunch.port=1")
        .assignment(" tcppunch.aux-port = 65535 ")
        .assignment("tcppunch.max-connections-per-ip=2")
        .assignment("http.listen=::1")
        .assignment("http.port=0")
        .assignment("http.metrics-token=prometheus");

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
    reader.assignment(setting.key() + "=" + setting.exampleToml());

    assertThat(reader.read())
        .isEqualTo(
            setting.defaultToml().isEmpty()
                ? new ConfigReader()
                    .file(write(setting.key() + " = " + setting.exampleToml()))
                    .read()
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
          turn.relay-ports=1023-65535      | two ports from 1024 to 65535 such as "49152-65535"
          turn.relay-ports=50000-49999     | two ports from 1024 to 65535 such as "49152-65535"
          turn.relay-ports=50000-65536     | two ports from 1024 to 65535 such as "49152-65535"
          turn.relay-ports=50000           | two ports from 1024 to 65535 such as "49152-65535"
          turn.relay-ports=                | two ports from 1024 to 65535 such as "49152-65535"
          turn.deny-peers=10.0.0.0/8       | a list of IP addresses or prefixes such as "203.0.113.0/24"
          turn.realm=                      | text in quotes of 1 to 127 characters
          turn.uris=["relay.example"]      | a list of at most 8 addresses such as "turns:relay.example:443?transport=tcp"
          turn.secrets=[""]                | a list of texts in quotes, none of them empty
          turn.secrets=hunter2             | a list of texts in quotes, none of them empty
          turn.max-bandwidth=10            | an amount such as "500kB", "10MB" or "1GB"
          turn.max-bandwidth=0MB           | an amount such as "500kB", "10MB" or "1GB"
          turn.alternate-server=203.0.113.7 | an IP address and a port such as "203.0.113.7:3478" or "[2001:db8::7]:3478"
          turn.alternate-server=203.0.113.7:65536 | an IP address and a port such as "203.0.113.7:3478" or "[2001:db8::7]:3478"
          turn.alternate-server=example.com:3478 | an IP address and a port such as "203.0.113.7:3478" or "[2001:db8::7]:3478"
          turn.max-lifetime=0s             | a time such as "90s", "15m", "12h" or "30d"
          """)
  void aWrongValueOnTheCommandLineIsNamed(String assignment, String expected) throws Exception {
    reader.assignment(assignment);

    expect(
        reader::read,
        "--set: %s must be %s."
            .formatted(assignment.substring(0, assignment.indexOf('=')), expected));
  }

  @Test
  void aWrongFlagIsNamed() throws Exception {
    reader.flag("--public-ip", "public-ip", "example.com");

    expect(reader::read, "--public-ip: public-ip must be an IP address in quotes.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\\tb",
        "128 characters: ................................................................................................................"
      })
  void aRealmThatNoMessageCanCarryIsRefused(String realm) throws Exception {
    reader.file(write("turn.realm = \"" + realm + "\""));

    expect(
        reader::read, file + ", line 1: turn.realm must be text in quotes of 1 to 127 characters.");
  }

  /** Case 22. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.0/33",
        "::/129",
        "10.0.0.0/-1",
        "10.0.0.0/",
        "10.0.0/8",
        "10.1",
        "example.com",
        ""
      })
  void aPrefixThatIsNoneIsToldWithItsLine(String prefix) throws Exception {
    for (String key : new String[] {"turn.allow-peers", "turn.deny-peers"}) {
      ConfigReader wrong =
          new ConfigReader().file(write("\n" + key + " = [\"::1\", \"" + prefix + "\"]"));

      assertThatExceptionOfType(ConfigException.class)
          .isThrownBy(wrong::read)
          .withMessageStartingWith("%s, line 2: %s: \"%s\" ", file, key, prefix)
          .withMessageEndingWith(".");
    }
  }

  @Test
  void aPrefixThatIsBothAllowedAndDeniedIsNamed() throws Exception {
    reader.file(write("[turn]\nallow-peers = [\"10.0.0.0/8\"]\ndeny-peers = [\"10.0.0.0/8\"]\n"));

    expect(
        reader::read,
        file
            + ", line 3: turn.deny-peers does not fit: 10.0.0.0/8 is both allowed and denied to"
            + " peers. Take it out of one of the lists.");
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
        "--set: unknown key %s. Did you mean %s?".formatted(key, meant));
  }

  @ParameterizedTest
  @ValueSource(strings = {"nonsense", "tcppunch.nonsense", "data.nonsense", "a-b_c"})
  void aKeyLikeNoOtherPointsToTheListOfAll(String key) {
    expect(
        () -> reader.assignment(key + "=1"),
        "--set: unknown key %s. culvert server --print-config shows all keys.".formatted(key));
  }

  @Test
  void anUnknownTableIsNamedEvenWhenItIsEmpty() throws Exception {
    Files.writeString(file, "[http]\n[nonsense]\n");
    expect(
        () -> reader.file(file),
        file + ", line 2: unknown key nonsense. culvert server --print-config shows all keys.");
  }

  @Test
  void textThatLooksLikeANumberIsTextWhereTextIsWanted() throws Exception {
    assertThat(new ConfigReader().assignment("data=1").read().data()).isEqualTo(Path.of("1"));
  }

  @Test
  void anAssignmentSetsOneKeyOnly() {
    expect(
        () -> new ConfigReader().assignment("http.port=1\ntcppunch.port=2").read(),
        "--set: http.port must be a whole number from 0 to 65535.");
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
        .withMessageStartingWith("--set")
        .withMessageEndingWith(".");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "turn.secrets=hunter2",
        "turn.secrets=[hunter2]",
        "turn.secrets=[\"hunter2\", 1]",
        "turn.secrets=[\"hunter2",
        "turn.secret=hunter2"
      })
  void aSecretIsNotToldInAnError(String assignment) throws Exception {
    write(assignment);

    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> new ConfigReader().assignment(assignment).read())
        .satisfies(e -> assertThat(e).message().doesNotContain("hunter2"));
    assertThatExceptionOfType(ConfigException.class)
        .isThrownBy(() -> new ConfigReader().file(file).read())
        .satisfies(e -> assertThat(e).message().doesNotContain("hunter2"));
  }

  @Test
  void whoeverPrintsTheConfigurationSeesNoSecret() throws Exception {
    reader
        .assignment("turn.secrets=[\"hunter2\"]")
        .assignment("http.metrics-token=hunter2")
        .assignment("store.url=postgresql://u:hunter2@db/culvert");

    assertThat(reader.read().toString()).doesNotContain("hunter2");
  }

  @ParameterizedTest
  @CsvSource({
    "tcppunch.port, tcppunch.aux-port, tcppunch.port",
    "turn.port, turn.tls-port, turn.port"
  })
  void twoPortsThatAreTheSameAreNamedWithTheLineOfTheSecond(String one, String other, String first)
      throws Exception {
    reader.file(write(one + " = 1\n" + other + " = 1\n"));

    expect(
        reader::read, "%s, line 2: %s must not be the same as %s.".formatted(file, other, first));
  }

  @Test
  void aChangeIsWhatHasAnotherValueNotWhatIsWrittenInAnotherWay() throws Exception {
    reader
        .assignment("turn.secrets=[\"old\"]")
        .assignment("turn.port=3478")
        .assignment("http.port=1")
        .assignment("public-ip=192.0.2.1");

    List<ConfigChange> changes =
        new ConfigReader()
            .file(write("[turn]\nsecrets = [\"new\", \"old\"]\n[http]\nport = 2\n"))
            .changesSince(reader);

    assertThat(changes)
        .containsExactly(
            new ConfigChange("public-ip", false),
            new ConfigChange("turn.secrets", true),
            new ConfigChange("http.port", false));
    assertThat(reader.changesSince(reader)).isEmpty();
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
