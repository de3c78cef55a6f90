package io.culvert.lab.turn;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * What the tools of Debian's coturn can do with our server. Each of them waits for most of its
 * time, so they run side by side.
 */
@NeedsCoturn
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.CONCURRENT)
@Timeout(60)
class CoturnToolsTest {
  private static final int MESSAGES = 50;
  private static final int MESSAGE_BYTES = 200;
  private static final int NONSENSE_SECONDS = 5;

  private final Path folder;
  private final CulvertTurnServer server;
  private final int peerPort = LoopbackPorts.freePair();
  private final Process peer;

  CoturnToolsTest(@TempDir Path folder) throws Exception {
    this.folder = folder;
    server = CulvertTurnServer.start(folder, "127.0.0.1", "127.0.0.2");
    peer =
        CoturnProgram.TURNUTILS_PEER.start(
            folder, folder.resolve("peer.txt"), List.of("-L", "127.0.0.1", "-p", "" + peerPort));
  }

  @AfterAll
  void stop() {
    server.close();
    peer.destroyForcibly().onExit().join();
  }

  @Test
  void channelsOverUdp() throws Exception {
    expectNoLoss(4, server.port(), toPeer("-c", "-X"));
  }

  @Test
  void sendAndDataOverUdp() throws Exception {
    expectNoLoss(4, server.port(), toPeer("-c", "-s", "-X"));
  }

  @Test
  void channelsOverTcp() throws Exception {
    expectNoLoss(4, server.port(), toPeer("-t", "-c", "-X"));
  }

  @Test
  void sendAndDataOverTcp() throws Exception {
    expectNoLoss(4, server.port(), toPeer("-t", "-c", "-s", "-X"));
  }

  @Test
  void channelsOverTls() throws Exception {
    expectNoLoss(4, server.tlsPort(), toPeer("-t", "-S", "-c", "-X"));
  }

  /** At the port of all services, to which it says that it speaks HTTP or TURN. */
  @Test
  void channelsOverTlsAtTheCommonPort() throws Exception {
    expectNoLoss(4, server.commonPort(), toPeer("-t", "-S", "-c", "-X"));
  }

  @Test
  void channelsOverDtls() throws Exception {
    expectNoLoss(4, server.tlsPort(), toPeer("-S", "-c", "-X"));
  }

  @Test
  void sendAndDataOverDtls() throws Exception {
    expectNoLoss(4, server.tlsPort(), toPeer("-S", "-c", "-s", "-X"));
  }

  /** EVEN-PORT and RESERVATION-TOKEN: each client is a pair of RTP and RTCP. */
  @Test
  void pairsOfPorts() throws Exception {
    expectNoLoss(4, server.port(), toPeer("-X"));
  }

  @Test
  void fromRelayToRelay() throws Exception {
    expectNoLoss(4, server.port(), List.of("-y", "-c", "-X"));
  }

  /** RFC 6062: from relay to relay, each byte to a peer and to a client. */
  @Test
  void relayedTcp(@TempDir Path data) throws Exception {
    try (CulvertTurnServer alone = CulvertTurnServer.start(data, "127.0.0.1")) {
      expectNoLoss(4, alone.port(), List.of("-T"));

      double bytes = 4.0 * MESSAGES * MESSAGE_BYTES;
      assertThat(alone.metric("culvert_turn_bytes_to_peers_total")).isGreaterThanOrEqualTo(bytes);
      assertThat(alone.metric("culvert_turn_bytes_to_clients_total")).isGreaterThanOrEqualTo(bytes);
      assertThat(alone.metric("culvert_turn_packets_to_peers_total")).isZero();
    }
  }

  /** RFC 8016. */
  @Test
  void mobility() throws Exception {
    expectNoLoss(2, server.port(), toPeer("-M", "-c", "-X"));
  }

  /** ADDITIONAL-ADDRESS-FAMILY, from a server that has addresses of both. */
  @Test
  void allocationsOfBothFamilies(@TempDir Path data) throws Exception {
    try (CulvertTurnServer both = CulvertTurnServer.start(data, "127.0.0.1", "::1")) {
      expectNoLoss(2, both.port(), toPeer("-Z", "-c", "-X"));
    }
  }

  /** Permissions and channels beyond those that it needs. */
  @Test
  void requestsThatAreRefusedDoNoHarm() throws Exception {
    expectNoLoss(2, server.port(), toPeer("-G", "-c", "-X"));
  }

  /** The tool gives up when it is told, as it must be, that its request is wrong. */
  @Test
  void aSecondChannelForAPeerIsRefused() throws Exception {
    assertThat(uclient(2, server.port(), toPeer("-N", "-c", "-X")))
        .contains("channel bind: error 400");
  }

  /** Broken messages of all kinds, on which the tool itself sometimes waits for ever. */
  @Test
  void whoSendsNonsenseHarmsNobodyElse() throws Exception {
    CoturnProgram.TURNUTILS_UCLIENT.runFor(
        NONSENSE_SECONDS, folder, options(2, server.port(), as(toPeer("-N", "-R", "-c", "-X"))));

    expectNoLoss(2, server.port(), toPeer("-c", "-X"));
  }

  /** RFC 5780: mapping, filtering and hairpinning, with both addresses and both ports. */
  @Test
  void discoveryOfNatBehaviour() throws Exception {
    String output =
        CoturnProgram.TURNUTILS_NATDISCOVERY.run(
            folder, List.of("-m", "-f", "-H", "-p", "" + server.port(), "127.0.0.1"));

    assertThat(output)
        .contains("RFC 5780 response 5")
        .contains("successful hairpinning")
        .contains("Response origin: : 127.0.0.1:" + server.port())
        .contains("Response origin: : 127.0.0.2:" + server.port())
        .contains("NAT with Endpoint Independent Mapping!")
        .contains("NAT with Endpoint Independent Filtering!");
  }

  @Test
  void credentialsThatAreGoodForATime() throws Exception {
    expectNoLoss(4, withSecret(CulvertTurnServer.SECRET));
  }

  /** Case 38. */
  @Test
  void credentialsOfTheSecretBefore() throws Exception {
    expectNoLoss(4, withSecret(CulvertTurnServer.OLD_SECRET));
  }

  @Test
  void credentialsOfAnotherSecretAreRefused() throws Exception {
    assertThat(withSecret("no secret"))
        .contains("Cannot complete Allocation")
        .doesNotContain("Total lost packets 0");
  }

  @Test
  void anotherPasswordIsRefused() throws Exception {
    List<String> options = new ArrayList<>(List.of("-u", CulvertTurnServer.USER, "-w", "wrong"));
    options.addAll(toPeer("-c", "-X"));

    assertThat(uclientAs(options, 1, server.port()))
        .contains("Cannot complete Allocation")
        .doesNotContain("Total lost packets 0");
  }

  /** With the address of a peer that sends everything back. */
  private List<String> toPeer(String... options) {
    List<String> all = new ArrayList<>(List.of("-e", "127.0.0.1", "-r", "" + peerPort));
    all.addAll(List.of(options));
    return all;
  }

  /** The same as the user of the server. */
  private void expectNoLoss(int clients, int port, List<String> options) throws Exception {
    expectNoLoss(clients, uclient(clients, port, options));
  }

  private static void expectNoLoss(int clients, String output) {
    int messages = clients * MESSAGES;
    assertThat(output)
        .contains("tot_send_msgs=%d, tot_recv_msgs=%d\n".formatted(messages, messages))
        .contains("Total lost packets 0 (0.000000%)");
  }

  private String uclient(int clients, int port, List<String> options) throws Exception {
    return uclientAs(as(options), clients, port);
  }

  private static List<String> as(List<String> options) {
    List<String> all = new ArrayList<>(List.of("-u", CulvertTurnServer.USER));
    all.addAll(List.of("-w", CulvertTurnServer.PASSWORD));
    all.addAll(options);
    return all;
  }

  /** Runs clients that send each their messages; the options say who they are. */
  private String uclientAs(List<String> options, int clients, int port) throws Exception {
    return CoturnProgram.TURNUTILS_UCLIENT.run(folder, options(clients, port, options));
  }

  private static List<String> options(int clients, int port, List<String> more) {
    List<String> all = new ArrayList<>(more);
    all.addAll(List.of("-m", "" + clients, "-n", "" + MESSAGES));
    all.addAll(List.of("-l", "" + MESSAGE_BYTES, "-z", "5"));
    all.addAll(List.of("-p", "" + port, "127.0.0.1"));
    return all;
  }

  private String withSecret(String secret) throws Exception {
    List<String> options = new ArrayList<>(List.of("-u", "somebody", "-W", secret));
    options.addAll(toPeer("-c", "-X"));
    return uclientAs(options, 4, server.port());
  }
}
