package io.culvert.server.tcppunch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.server.ErrorLog;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one client does must not hurt another. */
@Timeout(60)
class TcpPunchServerDefenceTest {
  private static final InetSocketAddress LAN = new InetSocketAddress("192.168.1.2", 5000);
  private static final Duration SECONDS = Duration.ofSeconds(10);

  /** Two clients that were there before, and must be able to meet whatever else happens. */
  private record Bystanders(TestServer server, RawClient bob, String session) {
    static Bystanders of(TestServer server) throws IOException {
      RawClient bob = server.main();
      bob.goOnline("bystander bob");
      return new Bystanders(server, bob, server.main().goOnline("bystander alice"));
    }

    void meet() throws IOException {
      try (RawClient aux = RawClient.to(server.auxAddress())) {
        aux.send(Bytes.introduce(Bytes.INVITE, LAN, session, "bystander bob"));
        byte[] frame = bob.readFrame();
        assertThat(Bytes.frame(frame))
            .isEqualTo(Bytes.introduction(Bytes.INVITE, LAN, aux.address(), "bystander alice"));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00000000",
        "00000001",
        "00010000",
        "80000000",
        "ffffffff",
        "0000ffff 0001",
        "00000003 0001 00",
        "00000002 0001",
        "00000004 0001 02 78",
        "00000005 0001 01 78 78",
        "00000004 0001 01 ff",
        "00000002 0004",
        "00000002 0012",
        "00000103 0001",
        "47455420 2f20485454502f312e310d0a0d0a"
      })
  void whatIsNoMessageEndsItsConnectionAndNoOther(String bytes) throws Exception {
    try (TestServer server = TestServer.start()) {
      Bystanders bystanders = Bystanders.of(server);
      RawClient stranger = server.main();

      stranger.send(Bytes.hex(bytes));

      stranger.expectClosed();
      bystanders.meet();
      assertThat(server.server().online()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "00000008 0001 05 616c696365",
        "0012",
        "0013",
        "0011 00",
        "0011 01 c0a80102 1388 00",
        "0011 01 c0a80102 1388 01 78 00",
        "0011 01 c0a80102 1388 01 ff 01 78"
      })
  void whatIsNoMessageEndsItsTcpAConnectionAndNoOther(String bytes) throws Exception {
    try (TestServer server = TestServer.start()) {
      Bystanders bystanders = Bystanders.of(server);
      RawClient stranger = server.aux();

      stranger.send(Bytes.hex(bytes));

      stranger.expectClosed();
      bystanders.meet();
      assertThat(server.server().online()).isEqualTo(2);
    }
  }

  @Test
  void anOnlineClientThatSendsGarbageLosesItsIdAtOnce() throws Exception {
    try (TestServer server = TestServer.start()) {
      RawClient alice = server.main();
      alice.goOnline("alice");

      alice.send(Bytes.hex("00000000"));

      alice.expectClosed();
      server.main().goOnline("alice");
    }
  }

  @Test
  void whatCameBeforeTheGarbageIsAnswered() throws Exception {
    try (TestServer server = TestServer.start()) {
      RawClient alice = server.main();

      alice.send(Bytes.hex("00000008 0001 05 616c696365 00000000"));

      assertThat(alice.readSessionId()).hasSize(32);
      alice.expectClosed();
    }
  }

  @Test
  void halfAMessageHurtsNobodyAndEndsWithItsConnection() throws Exception {
    try (TestServer server = TestServer.start()) {
      Bystanders bystanders = Bystanders.of(server);
      RawClient half = server.main();
      half.send(Bytes.hex("00000008 0001 05 616c"));
      RawClient halfAux = server.aux();
      halfAux.send(Bytes.hex("0011 01 c0a8"));

      bystanders.meet();
      half.finish();
      halfAux.finish();

      half.expectClosed();
      halfAux.expectClosed();
    }
  }

  @Test
  void randomBytesCauseNoErrorOfOurs() throws Exception {
    Random random = new Random(40_040);
    try (ErrorLog log = new ErrorLog();
        TestServer server = TestServer.start()) {
      Bystanders bystanders = Bystanders.of(server);
      for (int i = 0; i < 300; i++) {
        byte[] start =
            switch (random.nextInt(4)) {
              case 0 -> Bytes.online("client " + i);
              case 1 -> Bytes.introduce(Bytes.INVITE, LAN, bystanders.session(), "nobody");
              case 2 -> new byte[] {0, 0, 0, (byte) random.nextInt(256), 0};
              default -> new byte[] {};
            };
        byte[] rest = new byte[random.nextInt(3000)];
        random.nextBytes(rest);
        try (RawClient stranger = random.nextBoolean() ? server.main() : server.aux()) {
          stranger.send(start, rest);
          stranger.finish();
          stranger.drain();
        } catch (SocketException e) {
          assertThat(e).as("the server's way to close").hasMessageMatching(".*(reset|pipe).*");
        }
      }

      bystanders.meet();
      await().atMost(SECONDS).until(() -> server.server().online() == 2);
      assertThat(log.messages()).isEmpty();
    }
  }

  @Test
  void anAddressHasSoManyConnectionsOnBothPortsTogether() throws Exception {
    try (TestServer server = TestServer.start(3)) {
      RawClient alice = server.main();
      alice.goOnline("alice");
      RawClient silent = server.main();
      RawClient aux = server.aux();
      // Only an answer shows that it came in before the next on the other port.
      aux.send(Bytes.introduce(Bytes.INVITE, LAN, "unknown", "alice"));
      assertThat(aux.read(2)).isEqualTo(Bytes.INTRODUCE_REFUSED);

      server.main().expectClosed();
      server.aux().expectClosed();

      assertThat(server.server().counters()).containsEntry(TcpPunchCounter.OVER_LIMIT, 2L);
      aux.finish();
      aux.expectClosed();
      server.main().goOnline("bob");
      server.main().expectClosed();
      silent.finish();
      silent.expectClosed();
      RawClient next = server.aux();
      next.send(Bytes.introduce(Bytes.INVITE, LAN, "unknown", "bob"));
      assertThat(next.read(2)).isEqualTo(Bytes.INTRODUCE_REFUSED);
      alice.send(Bytes.online("alice"));
      assertThat(alice.read(6)).isEqualTo(Bytes.ONLINE_REFUSED);
    }
  }

  @Test
  void whoeverWasClosedForWhateverReasonCountsNoMore() throws Exception {
    try (TestServer server = TestServer.start(1)) {
      for (int i = 0; i < 100; i++) {
        RawClient garbage = server.main();
        garbage.send(Bytes.hex("00000000"));
        garbage.expectClosed();
        RawClient flood = server.aux();
        flood.send(Bytes.INTRODUCE_REFUSED);
        flood.expectClosed();
        RawClient online = server.main();
        online.goOnline("alice");
        server.main().expectClosed();
        online.finish();
        online.expectClosed();
      }
      assertThat(server.server().counters()).containsEntry(TcpPunchCounter.OVER_LIMIT, 100L);
    }
  }

  @Test
  void aClientThatAsksWithoutReadingTheAnswersIsReadNoFurther() throws Exception {
    try (TestServer server = TestServer.start()) {
      Bystanders bystanders = Bystanders.of(server);
      RawClient deaf = server.keep(RawClient.withSmallBuffers(server.mainAddress()));
      deaf.goOnline("deaf");
      AtomicLong sent = new AtomicLong();
      Thread flood = Thread.startVirtualThread(() -> flood(deaf, sent));

      // The kernels' buffers hold a few MB; behind them stands the server.
      await()
          .atMost(Duration.ofSeconds(30))
          .during(Duration.ofSeconds(1))
          .until(sent::get, before -> before == sent.get() && before > 0);
      long stuckAt = sent.get();
      assertThat(stuckAt).isLessThan(64 << 20);
      bystanders.meet();

      deaf.close();
      flood.join();
      await().atMost(SECONDS).until(() -> server.server().online() == 2);
      server.main().goOnline("deaf");
    }
  }

  @Test
  void aTargetThatDoesNotReadIsOwedAFewKilobytesAndIntroducedToNobodyElse() throws Exception {
    try (TestServer server = TestServer.start()) {
      Bystanders bystanders = Bystanders.of(server);
      RawClient deaf = server.keep(RawClient.withSmallBuffers(server.mainAddress()));
      deaf.goOnline("deaf");
      RawClient admirer = server.main();
      String session = admirer.goOnline("x".repeat(255));
      byte[] invite = Bytes.introduce(Bytes.INVITE, LAN, session, "deaf");

      int connections = 0;
      while (refused(server) == 0) {
        assertThat(++connections).as("connections until it is full").isLessThan(5000);
        try (RawClient aux = RawClient.to(server.auxAddress())) {
          aux.send(Bytes.repeat(invite, 16));
          aux.finish();
          aux.drain();
        }
      }

      bystanders.meet();
      long owed = introduced(server);
      for (long i = 1; i < owed; i++) {
        deaf.readFrame();
      }
      await()
          .atMost(SECONDS)
          .untilAsserted(() -> {
            try (RawClient aux = RawClient.to(server.auxAddress())) {
              long before = introduced(server);
              aux.send(invite);
              aux.finish();
              aux.drain();
              assertThat(introduced(server)).isGreaterThan(before);
            }
          });
      deaf.finish();
      deaf.drain();
      server.main().goOnline("deaf");
    }
  }

  @Test
  void aDeafTargetThatHasFinishedIsOfflineAtOnce() throws Exception {
    try (TestServer server = TestServer.start()) {
      RawClient deaf = server.keep(RawClient.withSmallBuffers(server.mainAddress()));
      deaf.goOnline("deaf");
      String session = server.main().goOnline("x".repeat(255));
      while (refused(server) == 0) {
        try (RawClient aux = RawClient.to(server.auxAddress())) {
          aux.send(Bytes.repeat(Bytes.introduce(Bytes.INVITE, LAN, session, "deaf"), 16));
          aux.finish();
          aux.drain();
        }
      }

      deaf.finish();

      await().atMost(SECONDS).until(() -> server.server().online() == 1);
      server.main().goOnline("deaf");
    }
  }

  @Test
  void aFloodDoesNotKeepOthersFromMeeting() throws Exception {
    try (TestServer server = TestServer.start()) {
      Bystanders bystanders = Bystanders.of(server);
      RawClient loud = server.main();
      loud.goOnline("loud");
      AtomicLong sent = new AtomicLong();
      Thread reader = Thread.startVirtualThread(() -> drain(loud));
      Thread flood = Thread.startVirtualThread(() -> flood(loud, sent));
      await().atMost(SECONDS).until(() -> sent.get() > 1 << 20);

      long before = sent.get();
      for (int i = 0; i < 20; i++) {
        bystanders.meet();
      }

      assertThat(flood.isAlive()).isTrue();
      await().atMost(SECONDS).until(() -> sent.get() > before);
      loud.close();
      flood.join();
      reader.join();
      await().atMost(SECONDS).until(() -> server.server().online() == 2);
    }
  }

  private static long introduced(TestServer server) {
    return server.server().counters().getOrDefault(TcpPunchCounter.INTRODUCED, -1L);
  }

  private static long refused(TestServer server) {
    return server.server().counters().getOrDefault(TcpPunchCounter.INTRODUCTION_REFUSED, -1L);
  }

  /** Asks for an id again and again, until the connection ends. */
  private static void flood(RawClient client, AtomicLong sent) {
    byte[] many = Bytes.repeat(Bytes.online("x"), 1000);
    try {
      while (true) {
        client.send(many);
        sent.addAndGet(many.length);
      }
    } catch (IOException e) {
      // The test has closed it.
      return;
    }
  }

  private static void drain(RawClient client) {
    try {
      client.drain();
    } catch (IOException e) {
      // The test has closed it.
      return;
    }
  }
}
