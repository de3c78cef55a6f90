package io.culvert.server.config;

import io.culvert.server.turn.peer.Cidr;
import io.culvert.wire.flow.TurnUri;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

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
          "The address handed to clients that must reach this server, and that relays for them",
          "(--public-ip).",
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
      Setting.of(
          "turn.enabled",
          "true",
          Types.BOOLEAN,
          "STUN, which tells clients their address, and TURN, which relays for them.");

  static final Setting<Integer> TURN_PORT =
      Setting.of("turn.port", "3478", Types.PORT, "UDP and TCP port; 0 takes any free one.");

  static final Setting<Integer> TURN_TLS_PORT =
      Setting.of(
          "turn.tls-port",
          "5349",
          Types.PORT,
          "Port of TLS over TCP and DTLS over UDP; 0 takes any free one.");

  static final Setting<List<TurnUri>> TURN_URIS =
      Setting.of(
              "turn.uris",
              "[]",
              Types.TURN_URIS,
              "Where else clients of flow are told to reach TURN: through a forwarder with port 443 for",
              "those whose firewalls let nothing else pass, or at other servers that have the same",
              "turn.secrets; they use the nearest one.")
          .whileRunning();

  static final Setting<String> TURN_REALM =
      Setting.of(
          "turn.realm",
          "\"culvert\"",
          Types.REALM,
          "The realm of credentials. Whoever changes it locks out accounts from TURN until they log",
          "in the next time, for a password in another realm is another key.");

  static final Setting<PortRange> TURN_RELAY_PORTS =
      Setting.of(
          "turn.relay-ports",
          "\"49152-65535\"",
          Types.PORT_RANGE,
          "The ports of relayed addresses; a firewall must let them through.");

  static final Setting<List<Cidr>> TURN_ALLOW_PEERS =
      Setting.of(
              "turn.allow-peers",
              "[]",
              Types.CIDRS,
              "Peers that data is relayed to though they are special, as [\"10.1.2.0/24\"]. Without this",
              "nobody is let into private networks, nor to any address that is not a public one.")
          .whileRunning();

  static final Setting<List<Cidr>> TURN_DENY_PEERS =
      Setting.of(
              "turn.deny-peers",
              "[]",
              Types.CIDRS,
              "Public peers that no data is relayed to, as [\"203.0.113.0/24\"].")
          .whileRunning();

  static final Setting<Boolean> TURN_ALLOW_LOOPBACK_PEERS =
      Setting.of(
              "turn.allow-loopback-peers",
              "false",
              Types.BOOLEAN,
              "For tests on one machine only: lets users reach what listens on this machine.")
          .whileRunning();

  static final Setting<List<Secret>> TURN_SECRETS =
      Setting.of(
              "turn.secrets",
              "[]",
              Types.SECRETS,
              "Secrets shared with those who make time-limited credentials, the newest first. All of",
              "them are good, and the first is used for what this server makes itself. Without any it",
              "has one of its own, another one after each start.")
          .whileRunning();

  static final Setting<Duration> TURN_MAX_LIFETIME =
      Setting.of(
              "turn.max-lifetime",
              "\"1h\"",
              Types.DURATION,
              "The longest that an allocation lives without being refreshed.")
          .whileRunning();

  static final Setting<Integer> TURN_MAX_ALLOCATIONS_PER_USER =
      Setting.of(
              "turn.max-allocations-per-user",
              "4096",
              Types.integer(1, Integer.MAX_VALUE),
              "How many allocations a user may have at a time; lower it where you know your clients.")
          .whileRunning();

  static final Setting<Integer> TURN_MAX_ALLOCATIONS =
      Setting.of(
              "turn.max-allocations",
              "65536",
              Types.integer(1, Integer.MAX_VALUE),
              "How many allocations all users together may have; each needs a port of relay-ports.")
          .whileRunning();

  static final Setting<OptionalLong> TURN_MAX_BANDWIDTH_PER_USER =
      Setting.of(
              "turn.max-bandwidth-per-user",
              "\"\"",
              Types.OPTIONAL_RATE,
              "Bytes a second that are relayed for a user, in both directions together, as \"2MB\"; the",
              "rest is lost. Empty for no limit.")
          .whileRunning();

  static final Setting<OptionalLong> TURN_MAX_BANDWIDTH =
      Setting.of(
              "turn.max-bandwidth", "\"\"", Types.OPTIONAL_RATE, "The same for all users together.")
          .whileRunning();

  static final Setting<Boolean> TURN_RFC5766_CHANNELS =
      Setting.of(
              "turn.rfc5766-channels",
              "false",
              Types.BOOLEAN,
              "Whether old clients may have channel numbers from 0x5000 to 0x7FFE.")
          .whileRunning();

  static final Setting<Boolean> TURN_MOBILITY =
      Setting.of(
              "turn.mobility",
              "true",
              Types.BOOLEAN,
              "Whether a client whose address changes may keep its allocation (RFC 8016).")
          .whileRunning();

  static final Setting<Optional<InetSocketAddress>> TURN_ALTERNATE_SERVER =
      Setting.of(
              "turn.alternate-server",
              "\"\"",
              Types.OPTIONAL_ENDPOINT,
              "Where those who want a new allocation are sent instead, as \"203.0.113.7:3478\".")
          .whileRunning();

  static final Setting<Duration> TURN_DRAIN_TIMEOUT =
      Setting.of(
              "turn.drain-timeout",
              "\"60s\"",
              Types.DURATION,
              "How long a server that is told to stop waits for the allocations that are in use. It",
              "makes no new ones, and stops as soon as there are none, or when it is told again.")
          .whileRunning();

  static final Setting<Integer> TURN_THREADS =
      Setting.of("turn.threads", "0", Types.integer(0, 1024), "Threads; 0 is one a core.");

  static final Setting<InetAddress> HTTP_LISTEN =
      Setting.of(
          "http.listen",
          "\"127.0.0.1\"",
          Types.IP,
          "Where the HTTP port listens: GET /health, GET /metrics, POST /login.");

  static final Setting<Integer> HTTP_PORT =
      Setting.of("http.port", "3380", Types.PORT, "TCP port; 0 takes any free one.");

  static final Setting<Optional<Secret>> HTTP_METRICS_TOKEN =
      Setting.of(
          "http.metrics-token",
          "\"\"",
          Types.OPTIONAL_SECRET,
          "What a request of GET /metrics must bring along, as in \"Authorization: Bearer TOKEN\".",
          "Without it there are metrics only where http.listen is a loopback address.");

  static final Setting<Integer> TLS_PORT =
      Setting.withoutDefault(
          "tls.port",
          "443",
          Types.PORT,
          "TCP port that leads to login, signals, TURN and POST /login, all over TLS, for those who",
          "reach no other port; clients say by ALPN which of them they want. 0 takes any free one.",
          "When absent, there is no such port.");

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
          TURN_TLS_PORT,
          TURN_URIS,
          TURN_REALM,
          TURN_RELAY_PORTS,
          TURN_ALLOW_PEERS,
          TURN_DENY_PEERS,
          TURN_ALLOW_LOOPBACK_PEERS,
          TURN_SECRETS,
          TURN_MAX_LIFETIME,
          TURN_MAX_ALLOCATIONS_PER_USER,
          TURN_MAX_ALLOCATIONS,
          TURN_MAX_BANDWIDTH_PER_USER,
          TURN_MAX_BANDWIDTH,
          TURN_RFC5766_CHANNELS,
          TURN_MOBILITY,
          TURN_ALTERNATE_SERVER,
          TURN_DRAIN_TIMEOUT,
          TURN_THREADS,
          HTTP_LISTEN,
          HTTP_PORT,
          HTTP_METRICS_TOKEN,
          TLS_PORT,
          TLS_CERTIFICATE,
          TLS_KEY,
          STORE_URL);

  private Settings() {}
}
