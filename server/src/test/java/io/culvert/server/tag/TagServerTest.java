package io.culvert.server.tag;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.culvert.server.ErrorLog;
import io.culvert.server.config.ServerConfig.TagConfig;
import io.culvert.server.net.Ipv6;
import io.culvert.server.net.Listeners.Listener;
import io.culvert.server.net.ServerStartException;
import io.culvert.wire.tag.Status;
import io.culvert.wire.tag.TagMessage;
import io.culvert.wire.tag.TagMessage.Answer;
import io.culvert.wire.tag.TagMessage.AnswerReceived;
import io.culvert.wire.tag.TagMessage.Dial;
import io.culvert.wire.tag.TagMessage.Dialing;
import io.culvert.wire.tag.TagMessage.Heartbeat;
import io.culvert.wire.tag.TagMessage.Knock;
import io.culvert.wire.tag.TagMessage.KnockAnswer;
import io.culvert.wire.tag.TagMessage.ListTags;
import io.culvert.wire.tag.TagMessage.Refused;
import io.culvert.wire.tag.TagMessage.Register;
import io.culvert.wire.tag.TagMessage.Registered;
import io.culvert.wire.tag.TagMessage.TagList;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The server and its clients on real sockets. */
@Timeout(60)
class TagServerTest {
  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");
  private static final Optional<InetSocketAddress> NO_LAN = Optional.empty();

  private final ErrorLog errors = new ErrorLog();
  private final List<UdpClient> clients = new ArrayList<>();
  private TagServer server;
  private InetSocketAddress address;

  @BeforeEach
  void start() throws Exception {
    server = TagServer.start(List.of(LOOPBACK), new TagConfig(true, 0));
    address = server.listeners().getFirst().address();
  }

  @AfterEach
  void stop() {
    clients.forEach(UdpClient::close);
    server.close();
    errors.close();
    assertThat(errors.messages()).isEmpty();
  }

  @Test
  void aCallerAndACalleeAreIntroduced() throws Exception {
    UdpClient callee = client();
    UdpClient caller = client();
    String calleeTag = callee.prove();
    String callerTag = caller.prove();
    assertThat(server.registered()).isEqualTo(2);

    UdpClient callerPunch = client();
    Dialing dialing =
        (Dialing) callerPunch.ask(new Dial(1, callerTag, calleeTag, Optional.of(lan(1))));
    Knock knock = (Knock) callee.receive();
    assertThat(knock)
        .isEqualTo(
            new Knock(knock.mid(), dialing.token(), callerPunch.address(), Optional.of(lan(1))));

    UdpClient calleePunch = client();
    calleePunch.send(
        new KnockAnswer(
            knock.mid(),
            knock.token(),
            Status.ok(),
            OptionalInt.of(calleePunch.address().getPort()),
            Optional.of(lan(2))));
    Answer answer = (Answer) callerPunch.receive();
    assertThat(answer)
        .isEqualTo(
            new Answer(
                answer.mid(),
                dialing.token(),
                Status.ok(),
                Optional.of(calleePunch.address()),
                Optional.of(lan(2))));

    callerPunch.send(new AnswerReceived(answer.mid(), answer.token()));
    assertThat(caller.ask(new ListTags(7, callerTag)))
        .isEqualTo(new TagList(7, List.of(calleeTag), false));
    assertThat(server.counters())
        .containsEntry(TagCounter.INTRODUCED, 1L)
        .containsEntry(TagCounter.LATE, 0L);
  }

  @Test
  void aKnockIsRepeatedAndThenTheCallerIsToldThatNobodyAnswers() throws Exception {
    UdpClient callee = client();
    UdpClient caller = client();
    String calleeTag = callee.prove();
    Dialing dialing = (Dialing) caller.ask(new Dial(1, caller.prove(), calleeTag, NO_LAN));

    byte[] knock = callee.receiveBytes();
    for (int repeats = 0; repeats < 4; repeats++) {
      assertThat(callee.receiveBytes()).isEqualTo(knock);
    }
    Answer answer = (Answer) caller.receive();
    assertThat(answer)
        .returns(dialing.token(), Answer::token)
        .returns(Status.UNREACHABLE, a -> a.status().code());
    caller.send(new AnswerReceived(answer.mid(), answer.token()));
    caller.register();
    callee.expectNothingWaiting();
  }

  @Test
  void garbageIsNeverAnsweredAndHurtsNobody() throws Exception {
    UdpClient client = client();
    String tag = client.prove();
    UdpClient stranger = client();
    Random random = new Random(42);
    int garbage = 2_000;
    for (int i = 0; i < garbage; i++) {
      byte[] bytes = new byte[random.nextInt(1, 1500)];
      random.nextBytes(bytes);
      stranger.send(bytes);
      if (i % 50 == 0) {
        client.ask(new ListTags(100 + i, tag)); // so that the socket's buffer does not run over
      }
    }
    stranger.send("{\"t\":1,\"mid\":1".getBytes(UTF_8));
    stranger.send(new TagMessage.Probe(1, "token"));
    stranger.send(new byte[0]); // which no transport hands on
    stranger.send(("{\"t\":1,\"mid\":1,\"x\":\"" + "x".repeat(1100) + "\"}").getBytes(UTF_8));

    await()
        .untilAsserted(() ->
            assertThat(server.counters())
                .containsEntry(TagCounter.MALFORMED, garbage + 2L)
                .containsEntry(TagCounter.OUT_OF_PLACE, 1L));
    stranger.expectNothingWaiting();
    assertThat(client.ask(new ListTags(1, tag))).isInstanceOf(TagList.class);
  }

  @Test
  void aThousandClientsAreOnlineAtOnce() throws Exception {
    List<String> tags = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      tags.add(client().prove());
    }
    assertThat(server.registered()).isEqualTo(1_000);
    assertThat(tags).doesNotHaveDuplicates();
    TagList list = (TagList) clients.getFirst().ask(new ListTags(1, tags.getFirst()));
    assertThat(list.more()).isTrue();
    assertThat(tags).containsAll(list.tags());
  }

  @Test
  void aClientThatIsClosedDisturbsNobody() throws Exception {
    UdpClient gone = client();
    String goneTag = gone.prove();
    gone.close();
    UdpClient client = client();
    String tag = client.prove();
    Dialing dialing = (Dialing) client.ask(new Dial(1, tag, goneTag, NO_LAN));
    assertThat(client.receive())
        .isInstanceOfSatisfying(
            Answer.class, answer -> assertThat(answer.token()).isEqualTo(dialing.token()));
  }

  @Test
  void everyDatagramComesFromTheAddressThatTheClientTalksTo() throws Exception {
    InetAddress second = InetAddress.ofLiteral("127.0.0.2");
    try (TagServer both = TagServer.start(List.of(LOOPBACK, second), new TagConfig(true, 0));
        UdpClient callee = new UdpClient(both.listeners().getLast().address());
        UdpClient caller = new UdpClient(both.listeners().getFirst().address())) {
      String calleeTag = callee.prove();
      String callerTag = caller.prove();
      assertThat(caller.ask(new Dial(9, callerTag, calleeTag, NO_LAN))).isInstanceOf(Dialing.class);
      assertThat(callee.receive()).isInstanceOf(Knock.class);
    }
  }

  @Test
  void ipv6ClientsAreIntroduced() throws Exception {
    assumeTrue(Ipv6.isThere(), "this machine has no IPv6");
    try (TagServer both =
            TagServer.start(
                List.of(InetAddress.ofLiteral("0.0.0.0"), InetAddress.ofLiteral("::")),
                new TagConfig(true, 0));
        UdpClient callee =
            new UdpClient(
                new InetSocketAddress(
                    Ipv6.LOOPBACK, both.listeners().getFirst().address().getPort()));
        UdpClient caller =
            new UdpClient(
                new InetSocketAddress(LOOPBACK, both.listeners().getFirst().address().getPort()))) {
      String calleeTag = callee.prove();
      String callerTag = caller.prove();
      caller.ask(new Dial(9, callerTag, calleeTag, NO_LAN));
      Knock knock = (Knock) callee.receive();
      assertThat(knock.caller()).isEqualTo(caller.address());
      callee.send(
          new KnockAnswer(knock.mid(), knock.token(), Status.ok(), OptionalInt.empty(), NO_LAN));
      assertThat(caller.receive())
          .isInstanceOfSatisfying(
              Answer.class, answer -> assertThat(answer.callee()).contains(callee.address()));
    }
  }

  @Test
  void whoHasNoTagIsToldToRegister() throws Exception {
    UdpClient client = client();
    assertThat(client.ask(new ListTags(1, "nobody")))
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> assertThat(refused.status().code()).isEqualTo(Status.UNKNOWN));
    assertThat(client.ask(new Register(2, Optional.of("Zoë"), NO_LAN)))
        .isInstanceOf(Registered.class);
  }

  @Test
  void aPortInUseIsNamed() {
    assertThatExceptionOfType(ServerStartException.class)
        .isThrownBy(
            () -> TagServer.start(List.of(LOOPBACK), new TagConfig(true, address.getPort())))
        .withMessage(
            "tag cannot listen on 127.0.0.1:%d: another program has the port. Stop it, or choose"
                + " another port with tag.port.",
            address.getPort());
  }

  @Test
  void closingFreesThePort() throws Exception {
    List<Listener> listeners = server.listeners();
    client().register();
    server.close();
    server.close();
    server = TagServer.start(List.of(LOOPBACK), new TagConfig(true, address.getPort()));
    assertThat(server.listeners()).isEqualTo(listeners);
    assertThat(client().register()).isNotEmpty();
  }

  @Test
  void afterARestartWithTheSameDataDirectoryAClientHasTheTagItHad(@TempDir Path data)
      throws Exception {
    TagConfig config = new TagConfig(true, address.getPort());
    server.close();
    server = TagServer.start(List.of(LOOPBACK), config, data);
    UdpClient client = client();
    String tag = client.prove();

    server.close();
    server = TagServer.start(List.of(LOOPBACK), config, data);

    assertThat(client.ask(new Heartbeat(client.mid(), tag)))
        .as("it has to register again")
        .isInstanceOf(Refused.class);
    assertThat(client.register()).isEqualTo(tag);
  }

  @Test
  void withoutADataDirectoryItHasAnother() throws Exception {
    String tag = client().register();
    server.close();
    server = TagServer.start(List.of(LOOPBACK), new TagConfig(true, address.getPort()));
    assertThat(clients.getFirst().register()).isNotEqualTo(tag);
  }

  private UdpClient client() throws Exception {
    UdpClient client = new UdpClient(address);
    clients.add(client);
    return client;
  }

  private static InetSocketAddress lan(int host) {
    return new InetSocketAddress(InetAddress.ofLiteral("192.168.0." + host), 5000 + host);
  }
}
