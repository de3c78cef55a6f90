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
 * @param publicIp the address handed to clients; detected when absent
 * @param listen the addresses of the public services
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
    TlsConfig tls,
    StoreConfig store) {

  /** Accounts, login and calls. Port 0 is any free port. */
  public record FlowConfig(
      boolean enabled,
      int accountPort,
      int signalPort,
      int maxConnectionsPerIp,
      Duration tokenLife) {}

  /** The {@code tcppunch} service. Port 0 is any free port. */
  public record TcpPunchConfig(boolean enabled, int port, int auxPort, int maxConnectionsPerIp) {}

  /** The {@code tag} service. Port 0 is any free port. */
  public record TagConfig(boolean enabled, int port) {}

  /** STUN. Port 0 is any free port. */
  public record TurnConfig(boolean enabled, int port) {}

  /** The certificate of all TLS ports; without one the server makes one for itself. */
  public record TlsConfig(Optional<Path> certificate, Optional<Path> key) {}

  /** Where accounts are; in the data directory when there is no JDBC URL. */
  public record StoreConfig(Optional<String> url) {}

  /** The HTTP port: health, login. Port 0 is any free port. */
  public record HttpConfig(InetAddress listen, int port) {}
}
