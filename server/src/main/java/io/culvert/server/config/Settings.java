package io.culvert.server.config;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Every key of the configuration, in the order in which they are shown. */
final class Settings {
  static final Setting<Path> DATA =
      Setting.withoutDefault(
          "data",
          "\"/var/lib/culvert\"",
          Types.PATH,
          "Where the server keeps what must survive a restart (--data).",
          "When absent: /var/lib/culvert where this user may write there, else",
          "$XDG_DATA_HOME/culvert, which is ~/.local/share/culvert when that is not set.");

  static final Setting<InetAddress> PUBLIC_IP =
      Setting.withoutDefault(
          "public-ip",
          "\"203.0.113.10\"",
          Types.IP,
          "The address handed to clients that must reach this server (--public-ip).",
          "When absent, each client is handed the address at which it has reached the server.");

  static final Setting<List<InetAddress>> LISTEN =
      Setting.of(
          "listen",
          "[\"0.0.0.0\", \"::\"]",
          Types.IPS,
          "The addresses on which the public services listen (--listen).");

  static final Setting<Integer> ACCOUNT_PORT =
      Setting.of("account.port", "3375", Types.PORT, "TCP port where clients of flow log in.");

  static final Setting<Duration> ACCOUNT_TOKEN_LIFE =
      Setting.of(
          "account.token-life",
          "\"30d\"",
          Types.DURATION,
          "How long a login is good for, unless it is revoked.");

  static final Setting<Boolean> SIGNAL_ENABLED =
      Setting.of("signal.enabled", "true", Types.BOOLEAN, "The flow service: login, calls.");

  static final Setting<Integer> SIGNAL_PORT =
      Setting.of("signal.port", "3376", Types.PORT, "TCP port where clients of flow are online.");

  static final Setting<Integer> SIGNAL_MAX_CONNECTIONS_PER_IP =
      Setting.of(
          "signal.max-connections-per-ip",
          "16384",
          Types.integer(1, Integer.MAX_VALUE),
          "How many connections one address (for IPv6: one /64) may have on the signal and the",
          "account port together.");

  static final Setting<Boolean> TCPPUNCH_ENABLED =
      Setting.of(
          "tcppunch.enabled",
          "true",
          Types.BOOLEAN,
          "The rendezvous server that introduces peers for a TCP hole punch.");

  static final Setting<Integer> TCPPUNCH_PORT =
      Setting.of(
          "tcppunch.port",
          "40040",
          Types.PORT,
          "TCP port where clients are online; 0 takes any free one.");

  static final Setting<Integer> TCPPUNCH_AUX_PORT =
      Setting.of(
          "tcppunch.aux-port",
          "40041",
          Types.PORT,
          "TCP port (tcp-a) where clients show the address that they punch from.");

  static final Setting<Integer> TCPPUNCH_MAX_CONNECTIONS_PER_IP =
      Setting.of(
          "tcppunch.max-connections-per-ip",
          "16384",
          Types.integer(1, Integer.MAX_VALUE),
          "How many connections one address (for IPv6: one /64) may have on both ports together. A",
          "provider's NAT puts thousands of people behind one address; lower it where you know your",
          "clients.");

  static final Setting<Boolean> TAG_ENABLED =
      Setting.of(
          "tag.enabled",
          "true",
          Types.BOOLEAN,
          "The server that introduces peers known by tags for a UDP hole punch.");

  static final Setting<Integer> TAG_PORT =
      Setting.of("tag.port", "20000", Types.PORT, "UDP port; 0 takes any free one.");

  static final Setting<Boolean> TURN_ENABLED =
      Setting.of("turn.enabled", "true", Types.BOOLEAN, "STUN: tells clients their address.");

  static final Setting<Integer> TURN_PORT =
      Setting.of("turn.port", "3478", Types.PORT, "UDP and TCP port; 0 takes any free one.");

  static final Setting<InetAddress> HTTP_LISTEN =
      Setting.of(
          "http.listen",
          "\"127.0.0.1\"",
          Types.IP,
          "Where the HTTP port listens: GET /health, POST /login.");

  static final Setting<Integer> HTTP_PORT =
      Setting.of("http.port", "3380", Types.PORT, "TCP port; 0 takes any free one.");

  static final Setting<Optional<Path>> TLS_CERTIFICATE =
      Setting.of(
          "tls.certificate",
          "\"\"",
          Types.OPTIONAL_PATH,
          "The server's certificate chain, in PEM; read again when the file changes.",
          "Without one the server makes one for itself, which clients know by its fingerprint.");

  static final Setting<Optional<Path>> TLS_KEY =
      Setting.of("tls.key", "\"\"", Types.OPTIONAL_PATH, "The private key to it, in PEM.");

  static final Setting<Optional<String>> STORE_URL =
      Setting.of(
          "store.url",
          "\"\"",
          Types.OPTIONAL_TEXT,
          "Where accounts are: jdbc:postgresql://HOST/DATABASE?user=USER&password=PASSWORD, or",
          "SQLite in the data directory when empty.");

  static final List<Setting<?>> ALL =
      List.of(
          DATA,
          PUBLIC_IP,
          LISTEN,
          ACCOUNT_PORT,
          ACCOUNT_TOKEN_LIFE,
          SIGNAL_ENABLED,
          SIGNAL_PORT,
          SIGNAL_MAX_CONNECTIONS_PER_IP,
          TCPPUNCH_ENABLED,
          TCPPUNCH_PORT,
          TCPPUNCH_AUX_PORT,
          TCPPUNCH_MAX_CONNECTIONS_PER_IP,
          TAG_ENABLED,
          TAG_PORT,
          TURN_ENABLED,
          TURN_PORT,
          HTTP_LISTEN,
          HTTP_PORT,
          TLS_CERTIFICATE,
          TLS_KEY,
          STORE_URL);

  private Settings() {}
}
