package io.culvert.lab.turn;

import io.culvert.server.CulvertServer;
import io.culvert.server.account.AccountStore;
import io.culvert.server.account.StoreException;
import io.culvert.server.config.ConfigException;
import io.culvert.server.config.ConfigReader;
import io.culvert.server.config.ServerConfig;
import io.culvert.server.net.ServerStartException;
import java.nio.file.Path;

/** Our server, where {@link #USER} is an account. */
record CulvertTurnServer(CulvertServer server) implements ServerUnderTest {
  /** For credentials that are good for a time; the old one is still good. */
  static final String SECRET = "rabbit hole";

  static final String OLD_SECRET = "looking glass";

  private static final String[] SETTINGS = {
    "listen=[\"127.0.0.1\", \"127.0.0.2\"]",
    "signal.enabled=false",
    "tcppunch.enabled=false",
    "tag.enabled=false",
    "turn.port=0",
    "turn.tls-port=0",
    "turn.allow-loopback-peers=true",
    "turn.rfc5766-channels=true",
    "turn.secrets=[\"" + SECRET + "\", \"" + OLD_SECRET + "\"]",
    "http.port=0"
  };

  /** Starts it on any free ports. */
  static CulvertTurnServer start(Path data)
      throws ConfigException, ServerStartException, StoreException {
    ConfigReader reader = new ConfigReader().flag("--data", "data", data.toString());
    for (String setting : SETTINGS) {
      reader.assignment(setting);
    }
    ServerConfig config = reader.read();
    try (AccountStore accounts =
        AccountStore.open(config.data(), config.store(), config.turn().realm())) {
      accounts.add(USER, PASSWORD);
    }
    return new CulvertTurnServer(CulvertServer.start(config));
  }

  @Override
  public int port() {
    return port("turn udp");
  }

  @Override
  public int tlsPort() {
    return port("turn tls");
  }

  private int port(String listener) {
    return server.listeners().stream()
        .filter(open -> open.name().equals(listener))
        .mapToInt(open -> open.address().getPort())
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() {
    server.close();
  }
}
