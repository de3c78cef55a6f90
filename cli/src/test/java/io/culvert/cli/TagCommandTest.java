package io.culvert.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.lab.junit.InLab;
import io.culvert.lab.net.Host;
import io.culvert.lab.net.Lab;
import io.culvert.lab.net.NatKind;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Server and peers as commands, each on a machine of its own, the peers behind home routers. */
@InLab
class TagCommandTest {
  @TempDir private Path data;

  private Lab lab;
  private String server;
  private Cli culvertServer;

  @BeforeEach
  void startServer() throws Exception {
    lab = Lab.open();
    Host host = lab.host("server");
    server = host.address().getHostAddress();
    culvertServer = Cli.start(host, "server", "--data", data.toString());
    culvertServer.awaitOut("ready");
  }

  @AfterEach
  void stopServer() throws Exception {
    culvertServer.close();
    lab.close();
  }

  @Test
  void talksThroughTheNatsOverTcpAndTellsWhatHappens() throws Exception {
    Host alice = lab.peer("alice", NatKind.PORT_RESTRICTED);
    Host bob = lab.peer("bob", NatKind.PORT_RESTRICTED);
    try (Cli registered = Cli.start(bob, "tag", "register", "--server", server, "--json")) {
      String tag = event(registered, "online").get("tag").asString();
      try (Cli listing = Cli.start(alice, "tag", "list", "--server", server)) {
        listing.awaitOut(tag);
        assertThat(listing.result().code()).isZero();
      }
      try (Cli dialing = Cli.start(alice, "tag", "dial", tag, "--server", server, "--json")) {
        JsonNode connected = event(dialing, "connected");
        assertThat(connected.get("path").asString()).isEqualTo("public");
        assertThat(connected.get("transport").asString()).isEqualTo("tcp");
        assertThat(connected.get("remote").asString())
            .startsWith(bob.publicAddress().getHostAddress() + ":");
        assertThat(event(registered, "called").get("peer").asString())
            .startsWith(alice.publicAddress().getHostAddress() + ":");

        dialing.type("Are you there?\n");
        registered.awaitOut("Are you there?");
        registered.type("Right behind my router.\n");
        dialing.awaitOut("Right behind my router.");

        dialing.endInput();
        assertThat(registered.result().code()).isZero();
        assertThat(dialing.result().code()).isZero();
      }
    }
  }

  @Test
  void whereTcpDoesNotPassItSaysSoAndDatagramsDo() throws Exception {
    Host alice = lab.peer("alice", NatKind.TCP_BLOCKED);
    Host bob = lab.peer("bob", NatKind.TCP_BLOCKED);
    try (Cli registered = Cli.start(bob, "tag", "register", "--server", server, "--json")) {
      String tag = event(registered, "online").get("tag").asString();
      try (Cli dialing = Cli.start(alice, "tag", "dial", tag, "--server", server, "--json")) {
        assertThat(event(dialing, "tcp-failed").get("message").asString()).startsWith("No TCP");
        assertThat(event(dialing, "connected").get("transport").asString()).isEqualTo("udp");
        event(registered, "connected");

        dialing.type("Through the hole.\n");
        registered.awaitOut("Through the hole.");
        dialing.endInput();
        assertThat(dialing.result().code()).isZero();
      }
    }
  }

  @Test
  void aTagThatNobodyHasIsNamed() throws Exception {
    Host alice = lab.peer("alice", NatKind.PORT_RESTRICTED);
    try (Cli dialing = Cli.start(alice, "tag", "dial", "nobody", "--server", server)) {
      Cli.Result result = dialing.result();
      assertThat(result.code()).isEqualTo(1);
      assertThat(result.err()).contains("failed: nobody is not online at this server.");
    }
  }

  private static JsonNode event(Cli cli, String name) throws Exception {
    return JsonMapper.shared().readTree(cli.awaitErr("{\"event\":\"" + name + "\""));
  }
}
