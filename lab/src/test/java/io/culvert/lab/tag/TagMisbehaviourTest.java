package io.culvert.lab.tag;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.Link;
import io.culvert.client.tag.TagConnection;
import io.culvert.wire.tag.Status;
import io.culvert.wire.tag.TagMessage.Answer;
import io.culvert.wire.tag.TagMessage.AnswerReceived;
import io.culvert.wire.tag.TagMessage.Connect;
import io.culvert.wire.tag.TagMessage.ConnectAnswer;
import io.culvert.wire.tag.TagMessage.Dial;
import io.culvert.wire.tag.TagMessage.Dialing;
import io.culvert.wire.tag.TagMessage.Heartbeat;
import io.culvert.wire.tag.TagMessage.HeartbeatAccepted;
import io.culvert.wire.tag.TagMessage.Knock;
import io.culvert.wire.tag.TagMessage.KnockAnswer;
import io.culvert.wire.tag.TagMessage.Probe;
import io.culvert.wire.tag.TagMessage.ProbeAnswer;
import io.culvert.wire.tag.TagMessage.Register;
import io.culvert.wire.tag.TagMessage.Registered;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Whatever server, peers and strangers do: there is an outcome, and a sentence. */
class TagMisbehaviourTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final Optional<InetSocketAddress> NO_LAN = Optional.empty();

  private RunningServer rendezvous;

  @BeforeEach
  void startServer() throws Exception {
    rendezvous = RunningServer.at(LOOPBACK);
  }

  @AfterEach
  void stopServer() {
    rendezvous.close();
  }

  @Test
  void aTagThatNobodyHasIsNamed() throws Exception {
    try (Guest alice = Guest.registered(rendezvous.address())) {
      assertThatThrownBy(() -> alice.dial("nobody"))
          .satisfies(has(Reason.PEER_OFFLINE))
          .hasMessage("nobody is not online at this server.");
    }
  }

  @Test
  void aCallerHearsWhyItIsRefused() throws Exception {
    try (Guest alice = Guest.registered(rendezvous.address());
        Guest bob = Guest.refusing(rendezvous.address(), "asleep until nine")) {
      assertThatThrownBy(() -> alice.dial(bob.tag()))
          .satisfies(has(Reason.REFUSED))
          .hasMessage(bob.tag() + " does not take the call: asleep until nine.");
    }
  }

  /** A caller that does only what the test tells it, when the hole to bob is open. */
  private final class RawCaller implements AutoCloseable {
    private final RawSocket registered = RawSocket.open();
    private final RawSocket punching = RawSocket.open();
    final String token;
    final InetSocketAddress bob;

    RawCaller(Guest callee) throws Exception {
      token =
          punching
              .ask(
                  new Dial(1, register(registered), callee.tag(), NO_LAN),
                  rendezvous.address(),
                  Dialing.class)
              .token();
      Answer answer = punching.receive(Answer.class).message();
      punching.send(new AnswerReceived(answer.mid(), token), rendezvous.address());
      bob = answer.callee().orElseThrow();
      assertThat(punching.ask(new Probe(2, token), bob, ProbeAnswer.class).status().isOk())
          .isTrue();
    }

    ConnectAnswer connect(RawConnection connection, String as, int op) throws Exception {
      connection.send(new Connect(7, as, op));
      ConnectAnswer answer = (ConnectAnswer) connection.receive();
      assertThat(answer.mid()).isEqualTo(7);
      assertThat(answer.token()).isEqualTo(as);
      return answer;
    }

    /** Connects as it should be, and hears bob. */
    void meets(Guest callee) throws Exception {
      try (RawConnection connection = RawConnection.to(bob)) {
        ConnectAnswer answer = connect(connection, token, Connect.CONNECT);
        assertThat(answer.status().isOk()).isTrue();
        TagConnection accepted = callee.connections.next();
        assertThat(accepted)
            .isInstanceOfSatisfying(
                TagConnection.Tcp.class,
                tcp -> assertThat(answer.connectionKey()).hasValue(tcp.key()));
        accepted.link().send("here I am".getBytes(UTF_8));
        assertThat(connection.receive(9)).asString(UTF_8).isEqualTo("here I am");
        accepted.link().close();
      }
    }

    @Override
    public void close() {
      registered.close();
      punching.close();
    }
  }

  @Nested
  class ACaller {
    @Test
    void withAnotherTokenIsRefusedAndTheRightOneIsAsGoodAsBefore() throws Exception {
      try (Guest bob = Guest.registered(rendezvous.address());
          RawCaller caller = new RawCaller(bob);
          RawConnection wrong = RawConnection.to(caller.bob)) {
        assertThat(caller.connect(wrong, "stolen", Connect.CONNECT).status().code())
            .isEqualTo(Status.UNKNOWN);
        assertThat(wrong.isClosedByTheOther()).isTrue();
        caller.meets(bob);
      }
    }

    @Test
    void whoseProbeHasAnotherTokenIsToldSo() throws Exception {
      try (Guest bob = Guest.registered(rendezvous.address());
          RawCaller caller = new RawCaller(bob);
          RawSocket stranger = RawSocket.open()) {
        assertThat(stranger.ask(new Probe(3, "stolen"), caller.bob, ProbeAnswer.class))
            .isEqualTo(new ProbeAnswer(3, "stolen", Status.of(Status.UNKNOWN)));
        caller.meets(bob);
      }
    }

    @Test
    void thatWantsWhatThereIsNotIsRefused() throws Exception {
      try (Guest bob = Guest.registered(rendezvous.address());
          RawCaller caller = new RawCaller(bob);
          RawConnection wrong = RawConnection.to(caller.bob)) {
        assertThat(caller.connect(wrong, caller.token, 2).status().code())
            .isEqualTo(Status.BAD_REQUEST);
        assertThat(wrong.isClosedByTheOther()).isTrue();
        caller.meets(bob);
      }
    }

    @Test
    void thatTalksNonsenseOnTcpIsHungUpOn() throws Exception {
      try (Guest bob = Guest.registered(rendezvous.address());
          RawCaller caller = new RawCaller(bob);
          RawConnection wrong = RawConnection.to(caller.bob)) {
        wrong.send("GET / HTTP/1.1\r\n\r\n".getBytes(UTF_8));
        assertThat(wrong.isClosedByTheOther()).isTrue();
        caller.meets(bob);
      }
    }
  }

  @Test
  void whatAStrangerSaysOfTheCalleeIsNotBelieved() throws Exception {
    try (Guest alice = Guest.registered(rendezvous.address());
        RawSocket bob = RawSocket.open();
        RawSocket punching = RawSocket.open();
        RawSocket stranger = RawSocket.open();
        ServerSocket listener =
            new ServerSocket(punching.address().getPort(), 5, punching.address().getAddress())) {
      String tag = register(bob);
      CompletableFuture<TagConnection> dial = alice.client().dialAsync(tag, Duration.ofSeconds(10));
      Knock knock = bob.receive(Knock.class).message();
      String token = knock.token();
      InetSocketAddress where = knock.caller();

      // Even one that has seen the token.
      stranger.send(
          new Answer(1, token, Status.of(403, "no"), Optional.empty(), Optional.empty()), where);
      stranger.send(
          new Answer(2, token, Status.ok(), Optional.of(stranger.address()), NO_LAN), where);
      punching.send(
          new KnockAnswer(
              knock.mid(),
              token,
              Status.ok(),
              OptionalInt.of(punching.address().getPort()),
              NO_LAN),
          rendezvous.address());
      RawSocket.Heard<Probe> probe = punching.receive(Probe.class);
      stranger.send(new ProbeAnswer(probe.message().mid(), token, Status.ok()), where);
      punching.send(new ProbeAnswer(probe.message().mid(), "another", Status.ok()), where);
      punching.send(
          new ProbeAnswer(probe.message().mid(), token, Status.of(Status.UNKNOWN)), where);
      assertThat(dial).isNotDone();

      punching.send(
          new ProbeAnswer(punching.receive(Probe.class).message().mid(), token, Status.ok()),
          where);
      try (RawConnection connection = new RawConnection(listener.accept())) {
        Connect connect = (Connect) connection.receive();
        connection.send(new ConnectAnswer(connect.mid(), token, Status.ok(), Optional.of("key")));
        TagConnection connected = dial.get(20, TimeUnit.SECONDS);
        assertThat(connected)
            .isInstanceOfSatisfying(
                TagConnection.Tcp.class, tcp -> assertThat(tcp.key()).isEqualTo("key"));
        try (Link toBob = connected.link()) {
          assertThat(toBob.remote()).isEqualTo(punching.address());
        }
      }
    }
  }

  @Test
  void aCallThatIsAnnouncedAgainIsTheSameCall() throws Exception {
    try (RawSocket server = RawSocket.open();
        RawSocket caller = RawSocket.open()) {
      CompletableFuture<RawSocket.Heard<Register>> request = new CompletableFuture<>();
      Thread.ofVirtual()
          .start(() -> {
            try {
              RawSocket.Heard<Register> heard = server.receive(Register.class);
              server.send(new Registered(heard.message().mid(), "bob"), heard.from());
              request.complete(heard);
            } catch (Exception e) {
              request.completeExceptionally(e);
            }
          });
      try (Guest bob = Guest.registered(server.address())) {
        InetSocketAddress where = request.get(20, TimeUnit.SECONDS).from();
        Knock knock = new Knock(10, "token", caller.address(), NO_LAN);
        server.send(knock, where);
        RawSocket.Heard<KnockAnswer> first = server.receive(KnockAnswer.class);
        server.send(knock, where);
        RawSocket.Heard<KnockAnswer> second = server.receive(KnockAnswer.class);

        assertThat(second).isEqualTo(first);
        assertThat(bob.calls.next()).isEqualTo(caller.address());
        assertThat(bob.calls.waiting()).isZero();
      }
    }
  }

  private String register(RawSocket socket) throws Exception {
    String tag =
        socket
            .ask(new Register(1, Optional.empty(), NO_LAN), rendezvous.address(), Registered.class)
            .tag();
    socket.ask(new Heartbeat(2, tag), rendezvous.address(), HeartbeatAccepted.class);
    return tag;
  }

  private static Consumer<Throwable> has(Reason reason) {
    return thrown ->
        assertThat(thrown)
            .isInstanceOfSatisfying(
                CulvertException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }
}
