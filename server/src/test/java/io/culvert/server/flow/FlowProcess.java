package io.culvert.server.flow;

import io.culvert.server.ServerProcess;
import io.culvert.server.account.Accounts;
import io.culvert.server.config.ServerConfig.FlowConfig;
import io.culvert.server.config.ServerConfig.StoreConfig;
import io.culvert.server.config.ServerConfig.TlsConfig;
import io.culvert.server.tls.ServerCertificate;
import io.culvert.server.tls.TlsFront;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The main class of a server in a JVM of its own; the data directory is its argument. */
final class FlowProcess {
  private static final Duration TOKEN_LIFE = Duration.ofDays(1);

  private FlowProcess() {}

  public static void main(String[] arguments) throws Exception {
    try (Accounts accounts =
            Accounts.open(
                Path.of(arguments[0]), new StoreConfig(Optional.empty()), "culvert", TOKEN_LIFE);
        ServerCertificate certificate =
            ServerCertificate.start(
                new TlsConfig(Optional.empty(), Optional.empty()), Path.of(arguments[0]));
        FlowServer server =
            FlowServer.start(
                List.of(TestFlowServer.LOOPBACK),
                new FlowConfig(true, 0, 0, 16_384, TOKEN_LIFE),
                Optional.empty(),
                Optional.empty(),
                new TlsFront(certificate),
                accounts)) {
      ServerProcess.answer(
          Map.of("signal", () -> server.signalAddress().getPort(), "online", server::online));
    }
  }
}
