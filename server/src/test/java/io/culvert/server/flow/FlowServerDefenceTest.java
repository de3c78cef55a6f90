package io.culvert.server.flow;

import static io.culvert.server.flow.RawFlowClient.frame;
import static io.culvert.server.flow.RawFlowClient.message;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.culvert.server.ErrorLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What strangers and broken clients do, and that nobody else notices. */
@Timeout(60)
class FlowServerDefenceTest {
  @TempDir private static Path data;

  private final ErrorLog errors = new ErrorLog();
  private TestFlowServer server;
  private RawFlowClient alice;
  private RawFlowClient bob;
  private String alices;
  private String bobs;

  @BeforeEach
  void start() throws Exception {
    server = TestFlowServer.start(data);
    server.add("alice", "bob");
    alices = server.token("alice");
    bobs = server.token("bob");
    alice = server.online(alices, "alice");
    bob = server.online(bobs, "bob");
  }

  /** Whatever has happened, the others go on being served, and it is nothing to be logged. */
  @AfterEach
  void stop() throws IOException {
    try {
      alice.send(401, alices, "{'data':{},'peerAccount':'bob','myAccount':'alice'}");
      assertThat(bob.read()).contains("\"signalType\":401");
      assertThat(errors.messages()).isEmpty();
    } finally {
      server.close();
      errors.close();
    }
  }

  static Stream<Arguments> malformed() {
    String heartBeat = message(0, "", "{}");
    return Stream.of(
        Arguments.of("no bytes", new byte[] {0, 0}, "an empty frame"),
        Arguments.of("HTTP", bytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), NOT_AN_OBJECT),
        Arguments.of("an array", frame("[]"), NOT_AN_OBJECT),
        Arguments.of("no JSON", frame("{x}"), "not JSON"),
        Arguments.of("two objects", frame(heartBeat + heartBeat), "not JSON"),
        Arguments.of("two NULs", frame(heartBeat + "\0\0"), "not JSON"),
        Arguments.of("no head", frame("{}"), "head is missing"),
        Arguments.of("a head that is text", frame("{\"head\":\"\"}"), "head is not an object"),
        Arguments.of("no type", frame("{\"head\":{}}"), "signalType is missing"),
        Arguments.of(
            "a type that is text",
            frame("{\"head\":{\"signalType\":\"0\"}}"),
            "signalType is not a whole number"),
        Arguments.of(
            "a huge type",
            frame("{\"head\":{\"signalType\":" + "9".repeat(60) + "}}"),
            "signalType is not a whole number"),
        Arguments.of(
            "a huge number",
            frame("{\"head\":{\"signalType\":0},\"n\":" + "9".repeat(60_000) + "}"),
            "not JSON"),
        Arguments.of(
            "deep nesting",
            frame(
                "{\"head\":{\"signalType\":0},\"n\":"
                    + "[".repeat(20_000)
                    + "]".repeat(20_000)
                    + "}"),
            "not JSON"),
        Arguments.of("a key twice", frame("{\"head\":{\"signalType\":0},\"head\":{}}"), "not JSON"),
        Arguments.of(
            "half a character",
            frame("{\"head\":{\"signalType\":0},\"s\":\"\\ud800\"}"),
            "not a JSON object of Unicode text"),
        Arguments.of(
            "Latin-1", latin1("{\"head\":{\"signalType\":0},\"s\":\"\u00e4\"}"), "not UTF-8"),
        Arguments.of("the longest frame", frame("{" + " ".repeat(65_534)), "not JSON"),
        Arguments.of("the longest frame of NULs", longestOfNuls(), NOT_AN_OBJECT),
        Arguments.of(
            "more behind", join(frame("{}"), longestOfNuls(), longestOfNuls()), "head is missing"));
  }

  private static final String NOT_AN_OBJECT = "a frame that is not a JSON object";

  private static byte[] bytes(String latin1) {
    return latin1.getBytes(ISO_8859_1);
  }

  private static byte[] latin1(String json) {
    byte[] bytes = bytes("??" + json);
    bytes[0] = 0;
    bytes[1] = (byte) json.length();
    return bytes;
  }

  private static byte[] longestOfNuls() {
    byte[] bytes = new byte[2 + 65_535];
    bytes[0] = -1;
    bytes[1] = -1;
    return bytes;
  }

  private static byte[] join(byte[]... parts) {
    int length = Stream.of(parts).mapToInt(part -> part.length).sum();
    byte[] all = new byte[length];
    int at = 0;
    for (byte[] part : parts) {
      System.arraycopy(part, 0, all, at, part.length);
      at += part.length;
    }
    return all;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("malformed")
  void malformedBytesAreAnsweredAndTheConnectionClosed(String name, byte[] bytes, String reason)
      throws Exception {
    for (RawFlowClient client : List.of(server.signal(), server.account())) {
      client.send(bytes);

      client.expectFailure(0, reason);
      client.expectClosed();
    }
    assertThat(server.counted(FlowCounter.MALFORMED)).isEqualTo(2);
  }

  @Test
  void whoIsOnlineIsNotForLongAfterGarbage() throws Exception {
    server.add("carol");
    String token = server.token("carol");
    RawFlowClient carol = server.online(token, "carol");
    carol.send(401, token, "{'data':{},'peerAccount':'bob','myAccount':'carol'}");
    bob.read();

    carol.send("{}");

    assertThat(bob.read()).contains("\"signalType\":403", "\"myAccount\":\"carol\"");
    carol.expectFailure(0, "head is missing");
    carol.expectClosed();
    assertThat(server.server().online()).isEqualTo(2);
  }

  @Test
  void whatCameBeforeTheGarbageIsAnswered() throws Exception {
    RawFlowClient client = server.signal();
    client.send(join(frame(message(99, "", "{}")), frame("{}"), frame(message(98, "", "{}"))));

    client.expectFailure(99, "unknown signalType 99");
    client.expectFailure(0, "head is missing");
    client.expectClosed();
  }

  @Test
  void halfAFrameAtTheEndIsTheEnd() throws Exception {
    RawFlowClient client = server.signal();
    client.send(new byte[] {0, 9, '{'});
    client.finish();

    client.expectGone();
  }

  @Test
  void aFrameMayComeByteByByte() throws Exception {
    server.add("carol");
    String token = server.token("carol");
    RawFlowClient carol = server.signal();
    for (String message :
        List.of(
            message(0, token, "{}"),
            message(2, token, "{'peerAccount':'bob','myAccount':'carol'}") + "\0")) {
      for (byte b : frame(message)) {
        carol.send(new byte[] {b});
      }
    }

    assertThat(carol.read()).contains("\"signalType\":32,\"status\":0");
  }

  @Test
  void theLongestFrameMayBeWhiteSpaceMostly() throws Exception {
    RawFlowClient client = server.signal();
    String request = message(99, "", "{}");
    client.send(request + " ".repeat(65_535 - request.length()));

    client.expectFailure(99, "unknown signalType 99");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'signalType':16,'status':0} 16 unknown signalType 16",
        "{'signalType':-5} -5 unknown signalType -5",
        "{'signalType':2147483647} 2147483647 unknown signalType 2147483647",
        "{'signalType':401,'status':7} 401 status is not from -1 to 0",
        "{'signalType':1,'sessionToken':{}} 16 sessionToken is not text",
        "{'signalType':2} 32 peerAccount is missing"
      })
  void whatIsWrongBelowTheHeadIsAnsweredAndTheConnectionStays(String test) throws Exception {
    String[] parts = test.split(" ", 3);
    RawFlowClient client = server.signal();
    for (int i = 0; i < 3; i++) {
      client.send("{\"head\":%s}".formatted(parts[0].replace('\'', '"')));
      client.expectFailure(Integer.parseInt(parts[1]), parts[2]);
    }
  }

  @Test
  void whoDoesNotReadIsDisconnectedAndNobodyElse() throws Exception {
    server.add("slow");
    String slows = server.token("slow");
    RawFlowClient slow =
        server.keep(RawFlowClient.withSmallBuffers(server.server().signalAddress()));
    server.bind(slow, slows, "slow");
    String signal =
        message(
            403,
            alices,
            "{'data':{'x':'%s'},'peerAccount':'slow','myAccount':'alice'}"
                .formatted("y".repeat(60_000)));
    String answer = "";
    for (int sent = 0; answer.isEmpty() && sent < 1_000; sent++) {
      alice.send(signal);
      // Its answer shows that the signal before has been handled.
      alice.send(401, alices, "{'data':{},'peerAccount':'nobody','myAccount':'alice'}");
      answer = alice.read();
      if (answer.contains("nobody is not online")) {
        answer = "";
      }
    }
    assertThat(answer).contains("slow does not read its messages");
    alice.expectFailure(401, "nobody is not online");

    await().until(() -> server.server().online() == 2);
    assertThat(server.counted(FlowCounter.TOO_SLOW)).isEqualTo(1);
    alice.send(2, alices, "{'peerAccount':'slow','myAccount':'alice'}");
    alice.expectFailure(32, "slow is not online");
    slow.expectGone();
  }

  @Test
  void whoDoesNotReadItsAnswersIsNotReadFrom() throws Exception {
    RawFlowClient client =
        server.keep(RawFlowClient.withSmallBuffers(server.server().signalAddress()));
    byte[] request = frame(message(99, "", "{}"));
    byte[] many = join(Stream.generate(() -> request).limit(100_000).toArray(byte[][]::new));
    Thread sender =
        Thread.startVirtualThread(() -> {
          try {
            client.send(many);
          } catch (IOException e) {
            assertThat(e).hasMessageContaining("closed");
          }
        });

    for (int i = 0; i < 100_000; i++) {
      client.expectFailure(99, "unknown signalType 99");
    }
    sender.join();
  }

  @Test
  void anAddressMayHaveOnlySoManyConnections(@TempDir Path other) throws Exception {
    try (TestFlowServer limited = TestFlowServer.start(other, 3)) {
      List<RawFlowClient> clients = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        RawFlowClient client = i == 0 ? limited.account() : limited.signal();
        client.send(99, "", "{}");
        client.expectFailure(99, "unknown signalType 99");
        clients.add(client);
      }

      limited.signal().expectGone();
      limited.account().expectGone();
      assertThat(limited.counted(FlowCounter.OVER_LIMIT)).isEqualTo(2);

      clients.getFirst().close();
      await()
          .until(() -> {
            RawFlowClient client = limited.signal();
            try {
              client.send(99, "", "{}");
              client.expectFailure(99, "unknown signalType 99");
              return true;
            } catch (IOException closed) {
              return false;
            }
          });
    }
  }

  @Test
  void unfinishedFramesOfManyDoNotFillTheMemory() throws Exception {
    byte[] beginning = new byte[2 + 60_000];
    beginning[0] = -1;
    beginning[1] = -1;
    beginning[2] = '{';
    for (int i = 0; i < 300; i++) {
      RawFlowClient client = server.signal();
      try {
        client.send(beginning);
      } catch (IOException closed) {
        assertThat(server.counted(FlowCounter.UNFINISHED)).isPositive();
      }
    }

    // 16 MB are 279 of them.
    await().until(() -> server.counted(FlowCounter.UNFINISHED) >= 300 - 280);
    assertThat(server.counted(FlowCounter.UNFINISHED)).isLessThan(50);
  }

  @Test
  void aNameIsNotSomethingToBeInterpreted() throws Exception {
    for (String name : List.of("%s%n${jndi:ldap://x}", "a\\u0000b", "\\\"},{\\\"", "🚇\\r\\nx")) {
      alice.send(2, alices, "{'peerAccount':'%s','myAccount':'alice'}".replace("%s", name));
      assertThat(alice.read()).contains(" is not online", "\"signalType\":32,\"status\":-1");
    }
  }
}
