package io.culvert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class ServerCommandTest {
  private static final String[] ANY_PORTS = {
    "--listen",
    "127.0.0.1",
    "--set",
    "signal.port=0",
    "--set",
    "account.port=0",
    "--set",
    "tcppunch.port=0",
    "--set",
    "tcppunch.aux-port=0",
    "--set",
    "tag.port=0",
    "--set",
    "turn.port=0",
    "--set",
    "turn.tls-port=0",
    "--set",
    "http.port=0"
  };

  /** With a data directory of its own, and free ports. */
  private static String[] server(Path data, String... more) {
    return Stream.of(
            Stream.of("server", "--data", data.toString()), Stream.of(ANY_PORTS), Stream.of(more))
        .flatMap(arguments -> arguments)
        .toArray(String[]::new);
  }

  @Test
  void saysReadyServesHealthAndStopsOnSigterm(@TempDir Path data) throws Exception {
    try (Cli server = Cli.start(null, server(data))) {
      server.awaitOut("ready");
      assertThat(server.outSoFar()).isEqualTo("ready" + System.lineSeparator());
      assertThat(server.errSoFar())
          .contains("flow signal      listens on 127.0.0.1:", "flow account     listens on")
          .contains("tcppunch         listens on 127.0.0.1:", "tcppunch tcp-a   listens on")
          .contains("tag              listens on 127.0.0.1:");
      String http = server.awaitErr("http ");
      JsonNode health = get("http://" + http.substring(http.lastIndexOf(' ') + 1) + "/health");
      assertThat(health.get("status").asString()).isEqualTo("ok");
      assertThat(health.get("tcppunch").get("online").asInt()).isZero();

      long start = System.nanoTime();
      server.terminate();
      assertThat(server.result().code()).isZero();
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
      assertThat(server.errSoFar()).endsWith("stopped" + System.lineSeparator());
    }
  }

  private static JsonNode get(String url) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> response =
          client.send(
              HttpRequest.newBuilder(URI.create(url)).build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(response.statusCode()).isEqualTo(200);
      return JsonMapper.shared().readTree(response.body());
    }
  }

  @Test
  void aPortInUseIsNamed(@TempDir Path data) throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Cli.Result result = Cli.run(server(data, "--set", "tcppunch.port=" + taken.getLocalPort()));
      assertThat(result.code()).isEqualTo(2);
      assertThat(result.out()).isEmpty();
      assertThat(result.err().lines())
          .hasSize(2) // the first names the certificate
          .last()
          .asString()
          .contains("127.0.0.1:" + taken.getLocalPort(), "another program", "tcppunch.port");
    }
  }

  @Test
  void anUnknownKeyIsNamedWithItsLine(@TempDir Path dir) throws Exception {
    Path file = Files.writeString(dir.resolve("c.toml"), "[tcppunch]\nprot = 4040\n");
    Cli.Result result = Cli.run("server", "--config", file.toString());
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.err().lines())
        .singleElement()
        .asString()
        .contains(file + ", line 2", "unknown key tcppunch.prot");
  }

  @Test
  void anUnreadableFileIsNamed(@TempDir Path dir) throws Exception {
    for (Path path : new Path[] {dir, dir.resolve("missing.toml")}) {
      Cli.Result result = Cli.run("server", "--config", path.toString());
      assertThat(result.code()).isEqualTo(2);
      assertThat(result.err().lines()).singleElement().asString().contains(path.toString());
    }
  }

  @Test
  void itsOwnPrintedConfigurationStartsIt(@TempDir Path dir) throws Exception {
    String printed = Cli.run("server", "--print-config").out();
    Path file = Files.writeString(dir.resolve("c.toml"), printed);
    try (Cli server = Cli.start(null, server(dir, "--config", file.toString()))) {
      server.awaitOut("ready");
    }
  }
}
