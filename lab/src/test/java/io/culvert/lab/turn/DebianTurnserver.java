package io.culvert.lab.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.server.config.ServerConfig.TlsConfig;
import io.culvert.server.net.ServerStartException;
import io.culvert.server.tls.ServerCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Debian's own server. */
record DebianTurnserver(Process process, int port, int tlsPort) implements ServerUnderTest {

  /** Starts it with a self-signed certificate; it listens when this returns. */
  static DebianTurnserver start(Path folder)
      throws IOException, InterruptedException, ServerStartException {
    ServerCertificate.start(new TlsConfig(Optional.empty(), Optional.empty()), folder).close();
    int port = LoopbackPorts.freePair();
    int tlsPort = LoopbackPorts.freePair();
    Process process =
        CoturnProgram.TURNSERVER.start(
            folder,
            folder.resolve("turnserver.log"),
            List.of(
                "-n",
                "--no-cli",
                "--log-file=stdout",
                "--lt-cred-mech",
                "--realm=culvert",
                "--user=" + USER + ":" + PASSWORD,
                "--listening-ip=127.0.0.1",
                "--listening-ip=127.0.0.2",
                "--relay-ip=127.0.0.1",
                "--listening-port=" + port,
                "--tls-listening-port=" + tlsPort,
                "--cert=" + folder.resolve("tls.pem"),
                "--pkey=" + folder.resolve("tls.pem"),
                "--allow-loopback-peers",
                "--mobility",
                "--db=" + folder.resolve("turndb"),
                "--pidfile=" + folder.resolve("pid")));
    DebianTurnserver server = new DebianTurnserver(process, port, tlsPort);
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> {
          assertThat(process.isAlive()).isTrue();
          connect(port);
          connect(tlsPort);
        });
    return server;
  }

  private static void connect(int port) throws IOException {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port));
    }
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
