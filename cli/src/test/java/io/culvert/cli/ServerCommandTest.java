package io.culvert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
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

  @Test
  void anAllocationInUseIsWaitedFor(@TempDir Path data) throws Exception {
    addAlice(data);
    try (Cli server = Cli.start(null, server(data));
        TurnAllocation allocation = allocate(server)) {
      server.terminate();
      server.awaitErr("waiting up to 60 s for 1 allocations in use");
      assertThat(server.errSoFar()).doesNotContain("stopped");

      allocation.release();

      assertThat(server.result().code()).isZero();
      assertThat(server.errSoFar()).endsWith("stopped" + System.lineSeparator());
    }
  }

  @Test
  void whoIsToldTwiceToStopStopsAtOnce(@TempDir Path data) throws Exception {
    addAlice(data);
    try (Cli server = Cli.start(null, server(data));
        TurnAllocation _ = allocate(server)) {
      server.terminate();
      server.awaitErr("waiting up to 60 s");

      server.terminate();

      assertThat(server.result().code()).isZero();
      assertThat(server.errSoFar()).endsWith("stopped" + System.lineSeparator());
    }
  }

  @Test
  void anAllocationIsNotWaitedForLongerThanTheConfigurationSays(@TempDir Path data)
      throws Exception {
    addAlice(data);
    try (Cli server = Cli.start(null, server(data, "--set", "turn.drain-timeout=1s"));
        TurnAllocation _ = allocate(server)) {
      server.terminate();

      assertThat(server.result().code()).isZero();
      assertThat(server.errSoFar())
          .contains("waiting up to 1 s")
          .endsWith("stopped" + System.lineSeparator());
    }
  }

  private static void addAlice(Path data) throws Exception {
    Path password = Files.writeString(data.resolve("password"), "secret");
    try (Cli add =
        Cli.start(
            null,
            password.toFile(),
            "account",
            "add",
            "alice",
            "--password-stdin",
            "--data",
            data.toString())) {
      assertThat(add.result().code()).isZero();
    }
  }

  private static TurnAllocation allocate(Cli server) throws Exception {
    String line = server.awaitErr("turn udp ");
    server.awaitOut("ready");
    int port = Integer.parseInt(line.substring(line.lastIndexOf(':') + 1));
    return TurnAllocation.make(
        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port), "alice", "secret");
  }

  @Test
  void aNewConfigurationIsReadOnSighupAndEveryChangeIsNamed(@TempDir Path dir) throws Exception {
    Path file = Files.writeString(dir.resolve("c.toml"), "[turn]\nsecrets = [\"one\"]\n");
    try (Cli server = Cli.start(null, server(dir, "--config", file.toString()))) {
      server.awaitOut("ready");

      Files.writeString(file, "[turn]\nsecrets = [\"two\", \"one\"]\nrealm = \"other\"\n");
      server.hangUp();

      server.awaitErr("turn.realm has changed: restart the server for that");
      assertThat(server.awaitErr("turn.secrets has changed")).endsWith("has changed");
      assertThat(server.errSoFar()).doesNotContain("\"two\"");

      server.hangUp();
      server.awaitErr("nothing in the configuration has changed");
    }
  }

  @Test
  void aNewConfigurationThatIsWrongChangesNothing(@TempDir Path dir) throws Exception {
    Path file = Files.writeString(dir.resolve("c.toml"), "[turn]\n");
    try (Cli server = Cli.start(null, server(dir, "--config", file.toString()))) {
      server.awaitOut("ready");

      Files.writeString(file, "[turn]\nallow-peers = [\"10.0.0.0/33\"]\n");
      server.hangUp();

      assertThat(server.awaitErr("The configuration stays as it was."))
          .contains(file + ", line 2: turn.allow-peers: \"10.0.0.0/33\"");
      Files.writeString(file, "[turn]\nallow-peers = [\"10.0.0.0/24\"]\n");
      server.hangUp();
      server.awaitErr("turn.allow-peers has changed");
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
