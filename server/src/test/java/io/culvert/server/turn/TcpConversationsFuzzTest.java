package io.culvert.server.turn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.culvert.server.ErrorLog;
import io.culvert.server.config.ServerConfig.TlsConfig;
import io.culvert.server.config.TestConfigs;
import io.culvert.server.tls.ServerCertificate;
import io.culvert.server.tls.TlsFront;
import io.culvert.server.turn.auth.Credentials;
import io.netty.util.ResourceLeakDetector;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clients with TCP relays and their peers do whatever they like, in any order: connect, bind,
 * write, end one direction, vanish. Nobody reads anything but what was written for him, whatever
 * has a way to arrive does, and afterwards all ports can be had again. On sockets, for most of RFC
 * 6062 is what sockets do.
 */
class TcpConversationsFuzzTest {
  private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");

  /** Below those that the system gives away, and not those of other tests. */
  private static final String PORTS = "turn.relay-ports=\"21000-21009\"";

  @TempDir private static Path data;
  private static ServerCertificate certificate;
  private static TurnServer server;
  private static ErrorLog log;

  @BeforeAll
  static void start() throws Exception {
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.PARANOID);
    log = new ErrorLog();
    certificate = ServerCertificate.start(new TlsConfig(Optional.empty(), Optional.empty()), data);
    server =
        TurnServer.start(
            List.of(HERE),
            Optional.empty(),
            TestConfigs.with(
                    "turn.port=0",
                    "turn.tls-port=0",
                    "turn.threads=2",
                    "turn.allow-loopback-peers=true",
                    PORTS)
                .turn(),
            new Credentials(TurnStream.REALM, new Everybody()),
            new TlsFront(certificate),
            certificate);
  }

  @AfterAll
  static void stop() {
    server.close();
    certificate.close();
    log.close();
    ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
    assertThat(log.messages()).isEmpty();
  }

  @FuzzTest(maxDuration = "1m")
  void conversation(byte[] choices) throws Exception {
    play(choices);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void aConversationLeavesNothing(long seed) throws Exception {
    byte[] choices = new byte[600];
    new Random(seed).nextBytes(choices);
    long before = server.counters().getOrDefault(TurnCounter.BOUND, 0L);
    play(choices);
    assertThat(server.counters().getOrDefault(TurnCounter.BOUND, 0L)).isGreaterThan(before);
  }

  private static void play(byte[] choices) throws Exception {
    InetSocketAddress address = server.listeners().getFirst().address();
    try (TcpConversation conversation = new TcpConversation(address, choices)) {
      conversation.play();
    }
    await().pollInterval(1, TimeUnit.MILLISECONDS).until(() -> server.allocations() == 0);
    assertThat(log.messages()).isEmpty();
  }
}
