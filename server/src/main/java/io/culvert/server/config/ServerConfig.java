package io.culvert.server.config;

import java.net.InetAddress;
import java.nio.file.Path;
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
    TcpPunchConfig tcppunch,
    HttpConfig http) {

  /** The {@code tcppunch} service. Port 0 is any free port. */
  public record TcpPunchConfig(boolean enabled, int port, int auxPort, int maxConnectionsPerIp) {}

  /** The operator's HTTP port: health. Port 0 is any free port. */
  public record HttpConfig(InetAddress listen, int port) {}
}
