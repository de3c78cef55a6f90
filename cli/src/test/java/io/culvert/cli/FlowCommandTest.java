package io.culvert.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.lab.junit.InLab;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.Lab;
import io.culvert.lab.net.NatKind;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Server and peers as commands, each on a machine of its own, the peers behind home routers. */
@InLab
class FlowCommandTest {
  private final Path dir;
  private Lab lab;
  private Host alice;
  private Host bob;
  private String server;
  private Cli culvertServer;

  FlowCommandTest(@TempDir Path dir) {
    this.dir = dir;
  }

  @BeforeEach
  void startServer() throws Exception {
    String data = dir.resolve("data").toString();
    for (String name : new String[] {"alice", "bob"}) {
      File password = Files.writeString(password(name), name + "'s pässword\n").toFile();
      try (Cli add =
          Cli.start(null, password, "account", "add", name, "--data", data, "--password-stdin")) {
        assertThat(add.result().code()).isZero();
      }
    }
    lab = Lab.open();
    Host host = lab.host("server");
    server = host.address().getHostAddress();
    alice = lab.peer("alice", NatKind.PORT_RESTRICTED);
    bob = lab.peer("bob", NatKind.PORT_RESTRICTED);
    culvertServer =
        // No relay sends to the lab's internet otherwise.
        Cli.start(host, "server", "--data", data, "--set", "turn.allow-peers=[\"203.0.113.0/24\"]");
    culvertServer.awaitOut("ready");
  }

  @AfterEach
  void stopServer() throws Exception {
    culvertServer.close();
    lab.close();
  }

  private Path password(String name) {
    return dir.resolve(name + ".password");
  }

  private Path config(String name) {
    return dir.resolve(name + ".config");
  }

  private Cli as(Host host, String name, @Nullable File stdin, String... command) throws Exception {
    String[] all = Arrays.copyOf(command, command.length + 7);
    String[] login = {
      "--json", "--server", server, "--account", name, "--password-file", password(name).toString()
    };
    System.arraycopy(login, 0, all, command.length, login.length);
    return Cli.start(host, stdin, config(name), all);
  }

  @Test
  void talksThroughTheNatsAndTellsWhatHappens() throws Exception {
    try (Cli listening = as(bob, "bob", null, "listen")) {
      assertThat(event(listening, "server-remembered").get("fingerprint").asString())
          .startsWith("sha256:");
      event(listening, "online");
      try (Cli calling = as(alice, "alice", null, "call", "bob")) {
        JsonNode connected = event(calling, "connected");
        assertThat(connected.get("path").asString()).isEqualTo("public");
        assertThat(connected.get("transport").asString()).isEqualTo("tcp");
        assertThat(connected.get("remote").asString())
            .startsWith(bob.publicAddress().getHostAddress() + ":");
        assertThat(event(listening, "ringing").get("peer").asString()).isEqualTo("alice");

        calling.type("Are you there?\n");
        listening.awaitOut("Are you there?");
        listening.type("Right behind my router.\n");
        calling.awaitOut("Right behind my router.");

        calling.endInput();
        assertThat(listening.result().code()).isZero();
        assertThat(calling.result().code()).isZero();
      }
    }
  }

  @Test
  void talksThroughTheRelayWhereNothingElseGetsThrough() throws Exception {
    Host strictAlice = lab.peer("strict-alice", NatKind.SYMMETRIC);
    Host strictBob = lab.peer("strict-bob", NatKind.SYMMETRIC);
    try (Cli listening = as(strictBob, "bob", null, "listen")) {
      event(listening, "online");
      try (Cli calling = as(strictAlice, "alice", null, "call", "bob")) {
        assertThat(event(calling, "tcp-failed").get("message").asString())
            .startsWith("No TCP: Nothing gets through to bob directly");
        JsonNode connected = event(calling, "connected");
        assertThat(connected.get("path").asString()).isEqualTo("relay");
        assertThat(connected.get("transport").asString()).isEqualTo("udp");
        event(listening, "connected");

        calling.type("Are you there?\n");
        listening.awaitOut("Are you there?");
        listening.type("Behind the strictest of routers.\n");
        calling.awaitOut("Behind the strictest of routers.");

        calling.endInput();
        assertThat(calling.result().code()).isZero();
        assertThat(listening.result().code()).isZero();
      }
    }
  }

  @Test
  void twoFilesCrossAndBothArriveWhole() throws Exception {
    File large = random("large", 5_000_000);
    File small = random("small", 300_001);
    try (Cli listening = as(bob, "bob", large, "listen")) {
      event(listening, "online");
      try (Cli calling = as(alice, "alice", small, "call", "bob")) {
        assertThat(calling.result().code()).isZero();
        assertThat(listening.result().code()).isZero();
        assertThat(calling.outBytes()).isEqualTo(Files.readAllBytes(large.toPath()));
        assertThat(listening.outBytes()).isEqualTo(Files.readAllBytes(small.toPath()));
      }
    }
  }

  @Test
  void whoHasLoggedInNeedsNoPasswordUntilHeLogsOut() throws Exception {
    try (Cli login = as(bob, "bob", null, "login")) {
      assertThat(login.result().code()).isZero();
    }
    Path stored = config("bob").resolve("culvert").resolve("login.json");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(stored)))
        .isEqualTo("rw-------");
    assertThat(Files.readString(stored)).doesNotContain("pässword");

    try (Cli listening = Cli.start(bob, null, config("bob"), "listen", "--json")) {
      event(listening, "online");
      try (Cli calling = as(alice, "alice", null, "call", "bob")) {
        event(calling, "connected");
        calling.endInput();
        assertThat(calling.result().code()).isZero();
        assertThat(listening.result().code()).isZero();
      }
    }

    try (Cli logout = Cli.start(bob, null, config("bob"), "logout")) {
      Cli.Result result = logout.result();
      assertThat(result.err()).contains("logged out bob");
      assertThat(result.code()).isZero();
    }
    assertThat(stored).doesNotExist();
    try (Cli listening = Cli.start(bob, null, config("bob"), "listen")) {
      assertThat(listening.result().code()).isEqualTo(2);
    }
  }

  @Test
  void aWrongPasswordAndAPeerThatIsNotOnlineFailWithASentence() throws Exception {
    Files.writeString(password("bob"), "wrong\n", UTF_8);
    try (Cli listening = as(bob, "bob", null, "listen")) {
      assertThat(event(listening, "failed").get("reason").asString()).isEqualTo("login-refused");
      assertThat(listening.result().code()).isEqualTo(1);
    }
    try (Cli calling = as(alice, "alice", null, "call", "bob")) {
      assertThat(event(calling, "failed").get("reason").asString()).isEqualTo("peer-offline");
      assertThat(calling.result().code()).isEqualTo(1);
    }
  }

  @Test
  void aServerWithAnotherCertificateThanBeforeIsNotBelieved() throws Exception {
    Path known = config("bob").resolve("culvert").resolve("known-servers.json");
    Files.createDirectories(known.getParent());
    Files.writeString(known, "{\"%s:3375\":\"sha256:%s\"}".formatted(server, "0".repeat(64)));

    try (Cli listening = as(bob, "bob", null, "listen")) {
      JsonNode failed = event(listening, "failed");
      assertThat(failed.get("reason").asString()).isEqualTo("server-not-trusted");
      assertThat(listening.result().code()).isEqualTo(1);
    }
  }

  private File random(String name, int length) throws Exception {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return Files.write(dir.resolve(name), bytes).toFile();
  }

  private static JsonNode event(Cli cli, String name) throws Exception {
    return JsonMapper.shared().readTree(cli.awaitErr("{\"event\":\"" + name + "\""));
  }
}
