package io.culvert.lab.turn;

import io.culvert.server.CulvertServer;
import io.culvert.server.account.AccountStore;
import io.culvert.server.account.StoreException;
import io.culvert.server.config.ConfigException;
import io.culvert.server.config.ConfigReader;
import io.culvert.server.config.ServerConfig;
import io.culvert.server.net.Listeners.Listener;
import io.culvert.server.net.ServerStartException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;

/**
 * Our server, which relays to loopback and takes the channels of RFC 5766; {@link #USER} is an
 * account.
 */
public record CulvertTurnServer(CulvertServer server) implements AutoCloseable {
  public static final String USER = "alice";
  public static final String PASSWORD = "wonder land";

  /** For credentials that are good for a time; the old one is still good. */
  static final String SECRET = "rabbit hole";

  static final String OLD_SECRET = "looking glass";

  private static final String[] SETTINGS = {
    "signal.enabled=false",
    "tcppunch.enabled=false",
    "tag.enabled=false",
    "turn.port=0",
    "turn.tls-port=0",
    "tls.port=0",
    "turn.allow-loopback-peers=true",
    "turn.allow-peers=[\"203.0.113.0/24\"]", // where labs have their internet
    "turn.rfc5766-channels=true",
    "turn.secrets=[\"" + SECRET + "\", \"" + OLD_SECRET + "\"]",
    "http.port=0"
  };

  /** Starts it on any free ports of those addresses. */
  public static CulvertTurnServer start(Path data, String... addresses)
      throws ConfigException, ServerStartException, StoreException {
    return start(data, List.of(), addresses);
  }

  /** The same, but it sends its clients on to another one. */
  static CulvertTurnServer startBefore(CulvertTurnServer other, Path data, String address)
      throws ConfigException, ServerStartException, StoreException {
    return start(data, List.of("turn.alternate-server=" + address + ":" + other.port()), address);
  }

  private static CulvertTurnServer start(Path data, List<String> more, String... addresses)
      throws ConfigException, ServerStartException, StoreException {
    ConfigReader reader =
        new ConfigReader()
            .flag("--data", "data", data.toString())
            .flag("--listen", "listen", List.of(addresses));
    for (String setting : SETTINGS) {
      reader.assignment(setting);
    }
    for (String setting : more) {
      reader.assignment(setting);
    }
    ServerConfig config = reader.read();
    try (AccountStore accounts =
        AccountStore.open(config.data(), config.store(), config.turn().realm())) {
      accounts.add(USER, PASSWORD);
    }
    return new CulvertTurnServer(CulvertServer.start(config));
  }

  /** UDP and TCP. */
  public int port() {
    return port("turn udp");
  }

  /** TLS and DTLS. */
  int tlsPort() {
    return port("turn tls tcp");
  }

  /** TLS for all services. */
  int commonPort() {
    return port("tls");
  }

  private int port(String listener) {
    return address(listener).getPort();
  }

  private InetSocketAddress address(String listener) {
    return server.listeners().stream()
        .filter(open -> open.name().equals(listener))
        .map(Listener::address)
        .findFirst()
        .orElseThrow();
  }

  /** What {@code /metrics} says of something that has no labels. */
  double metric(String name) throws IOException, InterruptedException {
    InetSocketAddress http = address("http");
    URI metrics = URI.create("http://localhost:%d/metrics".formatted(http.getPort()));
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(HttpRequest.newBuilder(metrics).build(), HttpResponse.BodyHandlers.ofLines())
          .body()
          .filter(line -> line.startsWith(name + " "))
          .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
          .findFirst()
          .orElseThrow();
    }
  }

  @Override
  public void close() {
    server.close();
  }
}
