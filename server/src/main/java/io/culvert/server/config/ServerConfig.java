package io.culvert.server.config;

import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What a server is to be. {@link ConfigReader} makes one; {@link Settings} explains each value.
 *
 * @param data where the server keeps what must survive a restart
 * @param publicIp the address handed to clients and used for relays; detected when absent
 * @param listen the addresses of the public services
 * @param tlsPort what leads to all services, if there is to be such a port; 0 is any free port
 */
public record ServerConfig(
    Path data,
    Optional<InetAddress> publicIp,
    List<InetAddress> listen,
    FlowConfig flow,
    TcpPunchConfig tcppunch,
    TagConfig tag,
    TurnConfig turn,
    HttpConfig http,
    Optional<Integer> tlsPort,
    TlsConfig tls,
    StoreConfig store) {

  static ServerConfig of(Given given) throws ConfigException {
    return new ServerConfig(
        given.find(Settings.DATA).orElseGet(DataDirectory::standard),
        given.find(Settings.PUBLIC_IP),
        given.get(Settings.LISTEN),
        FlowConfig.of(given),
        TcpPunchConfig.of(given),
        new TagConfig(given.get(Settings.TAG_ENABLED), given.get(Settings.TAG_PORT)),
        TurnConfig.of(given),
        HttpConfig.of(given),
        given.find(Settings.TLS_PORT),
        new TlsConfig(given.get(Settings.TLS_CERTIFICATE), given.get(Settings.TLS_KEY)),
        new StoreConfig(given.get(Settings.STORE_URL)));
  }

  /** Accounts, login and calls. Port 0 is any free port. */
  public record FlowConfig(
      boolean enabled,
      int accountPort,
      int signalPort,
      int maxConnectionsPerIp,
      Duration tokenLife) {

    static FlowConfig of(Given given) throws ConfigException {
      return new FlowConfig(
          given.get(Settings.SIGNAL_ENABLED),
          given.get(Settings.ACCOUNT_PORT),
          given.get(Settings.SIGNAL_PORT),
          given.get(Settings.SIGNAL_MAX_CONNECTIONS_PER_IP),
          given.get(Settings.ACCOUNT_TOKEN_LIFE));
    }
  }

  /** The {@code tcppunch} service. Port 0 is any free port. */
  public record TcpPunchConfig(boolean enabled, int port, int auxPort, int maxConnectionsPerIp) {

    static TcpPunchConfig of(Given given) throws ConfigException {
      int port = given.get(Settings.TCPPUNCH_PORT);
      if (port != 0 && port == given.get(Settings.TCPPUNCH_AUX_PORT)) {
        throw given.fault(Settings.TCPPUNCH_AUX_PORT, "must not be the same as tcppunch.port.");
      }
      return new TcpPunchConfig(
          given.get(Settings.TCPPUNCH_ENABLED),
          port,
          given.get(Settings.TCPPUNCH_AUX_PORT),
          given.get(Settings.TCPPUNCH_MAX_CONNECTIONS_PER_IP));
    }
  }

  /** The {@code tag} service. Port 0 is any free port. */
  public record TagConfig(boolean enabled, int port) {}

  /** The certificate of all TLS ports; without one the server makes one for itself. */
  public record TlsConfig(Optional<Path> certificate, Optional<Path> key) {}

  /** Where accounts are; in the data directory when there is no JDBC URL. */
  public record StoreConfig(Optional<String> url) {
    /** Without the URL, which may have a password in it. */
    @Override
    public String toString() {
      return "StoreConfig";
    }
  }

  /**
   * The HTTP port: health, metrics, login. Port 0 is any free port.
   *
   * @param metricsToken who asks for metrics must know it; without it they are for loopback only
   */
  public record HttpConfig(InetAddress listen, int port, Optional<Secret> metricsToken) {

    static HttpConfig of(Given given) throws ConfigException {
      return new HttpConfig(
          given.get(Settings.HTTP_LISTEN),
          given.get(Settings.HTTP_PORT),
          given.get(Settings.HTTP_METRICS_TOKEN));
    }
  }
}
