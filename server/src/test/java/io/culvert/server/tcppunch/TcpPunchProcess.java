package io.culvert.server.tcppunch;

import io.culvert.server.ServerProcess;
import io.culvert.server.config.ServerConfig.TcpPunchConfig;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;

/** The main class of a server in a JVM of its own. */
final class TcpPunchProcess {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private TcpPunchProcess() {}

  public static void main(String[] arguments) throws Exception {
    // The default limit: the many come from one address here, as they do behind a provider's NAT.
    try (TcpPunchServer server =
        TcpPunchServer.start(List.of(LOOPBACK), new TcpPunchConfig(true, 0, 0, 16_384))) {
      ServerProcess.answer(
          Map.of(
              "main", () -> server.mainAddress().getPort(),
              "aux", () -> server.auxAddress().getPort(),
              "online", server::online));
    }
  }
}
