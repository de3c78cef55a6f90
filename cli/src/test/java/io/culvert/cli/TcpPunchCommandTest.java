package io.culvert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.lab.junit.InLab;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.Lab;
import io.culvert.lab.net.NatKind;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Server and peers as commands, each on a machine of its own, the peers behind home routers. */
@InLab
class TcpPunchCommandTest {
  private Lab lab;
  private Host server;
  private Host alice;
  private Host bob;
  private Cli culvertServer;

  @BeforeEach
  void startServer(@TempDir Path data) throws Exception {
    lab = Lab.open();
    server = lab.host("server");
    alice = lab.peer("alice", NatKind.PORT_RESTRICTED);
    bob = lab.peer("bob", NatKind.PORT_RESTRICTED);
    culvertServer = Cli.start(server, "server", "--data", data.toString());
    culvertServer.awaitOut("ready");
  }

  @AfterEach
  void stopServer() throws Exception {
    culvertServer.close();
    lab.close();
  }

  private String address() {
    return server.address().getHostAddress();
  }

  private Cli online(Host host, String id, String... more) throws Exception {
    Cli cli = Cli.start(host, with(more, "tcppunch", "online", id, "--server", address()));
    cli.awaitErr("online");
    return cli;
  }

  private static String[] with(String[] more, String... first) {
    String[] all = Arrays.copyOf(first, first.length + more.length);
    System.arraycopy(more, 0, all, first.length, more.length);
    return all;
  }

  @Test
  void talksThroughTheNatsAndTellsWhatHappens() throws Exception {
    try (Cli waiting = online(bob, "bob", "--json");
        Cli inviting =
            Cli.start(
                alice, "tcppunch", "invite", "alice", "bob", "--server", address(), "--json")) {
      JsonNode connected = event(inviting, "connected");
      assertThat(connected.get("peer").asString()).isEqualTo("bob");
      assertThat(connected.get("path").asString()).isEqualTo("public");
      assertThat(connected.get("remote").asString())
          .startsWith(bob.publicAddress().getHostAddress() + ":");
      assertThat(connected.get("ms").isIntegralNumber()).isTrue();
      assertThat(event(waiting, "invited").get("peer").asString()).isEqualTo("alice");
      assertThat(event(waiting, "connected").get("path").asString()).isEqualTo("public");

      inviting.type("Are you there?\n");
      waiting.awaitOut("Are you there?");
      waiting.type("Right behind my router.\n");
      inviting.awaitOut("Right behind my router.");

      inviting.endInput();
      assertThat(waiting.result().code()).isZero();
      assertThat(inviting.result().code()).isZero();
      assertThat(inviting.outSoFar()).isEqualTo("Right behind my router.\n");
      assertThat(event(inviting, "ended").get("sent").asInt()).isEqualTo(15);
    }
  }

  private static JsonNode event(Cli cli, String name) throws Exception {
    return JsonMapper.shared().readTree(cli.awaitErr("{\"event\":\"" + name + "\""));
  }

  @Test
  void twoFilesCrossAndBothArriveWhole(@TempDir Path dir) throws Exception {
    File large = random(dir.resolve("large"), 5_000_000);
    File small = random(dir.resolve("small"), 300_001);
    try (Cli waiting = Cli.start(bob, large, "tcppunch", "online", "bob", "--server", address())) {
      waiting.awaitErr("online");
      try (Cli inviting =
          Cli.start(alice, small, "tcppunch", "invite", "alice", "bob", "--server", address())) {
        assertThat(inviting.result().code()).isZero();
        assertThat(waiting.result().code()).isZero();
        assertThat(inviting.outBytes()).isEqualTo(Files.readAllBytes(large.toPath()));
        assertThat(waiting.outBytes()).isEqualTo(Files.readAllBytes(small.toPath()));
      }
    }
  }

  private static File random(Path file, int length) throws Exception {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return Files.write(file, bytes).toFile();
  }

  @Test
  void whoHasNothingToSayStillGetsEverything(@TempDir Path dir) throws Exception {
    File large = random(dir.resolve("large"), 10_000_000);
    try (Cli waiting = Cli.start(bob, large, "tcppunch", "online", "bob", "--server", address())) {
      waiting.awaitErr("online");
      try (Cli inviting =
          Cli.start(
              alice,
              new File("/dev/null"),
              "tcppunch",
              "invite",
              "alice",
              "bob",
              "--server",
              address())) {
        assertThat(inviting.result().code()).isZero();
        assertThat(waiting.result().code()).isZero();
        assertThat(inviting.outBytes()).isEqualTo(Files.readAllBytes(large.toPath()));
      }
    }
  }

  @Test
  void whoInvitesSomebodyWhoTalksAlreadyIsNotToldThatItWorked() throws Exception {
    Host carol = lab.peer("carol", NatKind.PORT_RESTRICTED);
    try (Cli waiting = online(bob, "bob");
        Cli first = Cli.start(alice, "tcppunch", "invite", "alice", "bob", "--server", address());
        Cli second =
            Cli.start(
                carol,
                "tcppunch",
                "invite",
                "carol",
                "bob",
                "--server",
                address(),
                "--timeout",
                "3")) {
      waiting.awaitErr("connected");
      first.endInput();
      second.endInput();
      int worked = (first.result().code() == 0 ? 1 : 0) + (second.result().code() == 0 ? 1 : 0);
      assertThat(worked).isEqualTo(1);
    }
  }

  @Test
  void aServerThatNobodyKnowsIsAFailureForScriptsToo() throws Exception {
    try (Cli cli =
        Cli.start(alice, "tcppunch", "online", "x", "--server", "nowhere.invalid", "--json")) {
      assertThat(cli.result().code()).isEqualTo(1);
      assertThat(event(cli, "failed").get("message").asString()).contains("nowhere.invalid");
    }
  }

  @Test
  void aBackgroundJobWithoutStdinOnlyListens() throws Exception {
    try (Cli waiting =
        Cli.start(bob, new File("/dev/null"), "tcppunch", "online", "bob", "--server", address())) {
      waiting.awaitErr("online");
      try (Cli inviting =
          Cli.start(alice, "tcppunch", "invite", "alice", "bob", "--server", address())) {
        inviting.awaitErr("connected");
        waiting.awaitErr("connected");
        inviting.type("first\n");
        waiting.awaitOut("first");
        inviting.type("second\n");
        waiting.awaitOut("second");
        inviting.endInput();
        assertThat(inviting.result().code()).isZero();
        assertThat(waiting.result().code()).isZero();
      }
    }
  }

  @Test
  void thePeersEndEndsItHoweverLongStdinStaysOpen() throws Exception {
    try (Cli waiting = online(bob, "bob");
        Cli inviting =
            Cli.start(
                alice,
                new File("/dev/null"),
                "tcppunch",
                "invite",
                "alice",
                "bob",
                "--server",
                address())) {
      assertThat(inviting.result().code()).isZero();
      assertThat(waiting.result().code()).isZero();
    }
  }

  @Test
  void theConversationOutlivesTheServer() throws Exception {
    try (Cli waiting = online(bob, "bob");
        Cli inviting =
            Cli.start(alice, "tcppunch", "invite", "alice", "bob", "--server", address())) {
      inviting.awaitErr("connected");
      culvertServer.kill();
      culvertServer.result();
      inviting.type("still there?\n");
      waiting.awaitOut("still there?");
      inviting.endInput();
      assertThat(waiting.result().code()).isZero();
    }
  }

  @Test
  void whoWaitsWhenTheServerDiesIsTold() throws Exception {
    try (Cli waiting = online(bob, "bob", "--json")) {
      culvertServer.kill();
      Cli.Result result = waiting.result();
      assertThat(result.code()).isEqualTo(1);
      assertThat(event(waiting, "failed").get("reason").asString()).isEqualTo("server-lost");
    }
  }

  @Test
  void aPeerThatIsKilledLeavesNobodyHanging() throws Exception {
    try (Cli waiting = online(bob, "bob");
        Cli inviting =
            Cli.start(alice, "tcppunch", "invite", "alice", "bob", "--server", address())) {
      waiting.awaitErr("connected");
      inviting.awaitErr("connected");
      inviting.kill();
      Cli.Result result = waiting.result();
      assertThat(result.code()).isZero();
      assertThat(result.err()).contains("ended: 0 bytes sent, 0 received");
    }
  }

  @Test
  void whatCannotBePunchedFailsWithTheReason() throws Exception {
    Host hard = lab.peer("hard", NatKind.SYMMETRIC);
    Host harder = lab.peer("harder", NatKind.SYMMETRIC);
    try (Cli waiting = online(hard, "hard");
        Cli inviting =
            Cli.start(
                harder, "tcppunch", "invite", "harder", "hard", "--server", address(), "--json")) {
      assertThat(inviting.result().code()).isEqualTo(1);
      JsonNode failed = event(inviting, "failed");
      assertThat(failed.get("reason").asString()).isEqualTo("not-punched");
      assertThat(failed.get("message").asString()).contains("symmetric NAT");
      waiting.awaitErr("failed");
    }
  }
}
