package io.culvert.lab.tcppunch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.Link;
import io.culvert.client.tcppunch.RendezvousAddress;
import io.culvert.client.tcppunch.TcpPunchClient;
import io.culvert.client.tcppunch.TcpPunchListener;
import io.culvert.lab.Talk;
import io.culvert.wire.tcppunch.TcpPunchMessage.Ack;
import io.culvert.wire.tcppunch.TcpPunchMessage.Data;
import io.culvert.wire.tcppunch.TcpPunchMessage.Introduction;
import io.culvert.wire.tcppunch.TcpPunchMessage.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;

/** Whatever server or peer do: there is an outcome, and a sentence. */
class TcpPunchMisbehaviourTest {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final Duration PATIENCE = Duration.ofSeconds(5);

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
  void aTakenNameIsRefused() throws Exception {
    try (Guest first = Guest.online(rendezvous.address(), "alice")) {
      assertThat(first.client().id()).isEqualTo("alice");
      assertThatThrownBy(() -> Guest.online(rendezvous.address(), "alice"))
          .satisfies(has(Reason.ID_TAKEN))
          .hasMessageContaining("\"alice\" is online already");
    }
  }

  @Test
  void aServerThatIsNotThereIsNamed() throws Exception {
    RendezvousAddress gone = rendezvous.address();
    rendezvous.close();
    assertThatThrownBy(() -> Guest.online(gone, "alice"))
        .satisfies(has(Reason.SERVER_UNREACHABLE))
        .hasMessageContaining(gone.toString())
        .hasMessageContaining("connection refused");
  }

  @Test
  void aServerThatSpeaksSomethingElseIsNotBelieved() throws Exception {
    try (ServerSocket http = new ServerSocket(0, 5, LOOPBACK)) {
      Thread.ofPlatform()
          .daemon()
          .start(() -> {
            try (Socket client = http.accept()) {
              client.getOutputStream().write("HTTP/1.1 400 Bad\r\n\r\n".getBytes(UTF_8));
              client.getInputStream().readAllBytes();
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
          });
      InetSocketAddress there = (InetSocketAddress) http.getLocalSocketAddress();
      assertThatThrownBy(() -> Guest.online(new RendezvousAddress(there, there), "alice"))
          .satisfies(has(Reason.SERVER_UNREACHABLE))
          .hasMessageContaining("does not speak tcppunch");
    }
  }

  @Test
  void aPeerThatIsNotOnlineIsNamed() throws Exception {
    try (Guest alice = Guest.online(rendezvous.address(), "alice")) {
      assertThatThrownBy(() -> alice.invite("bob"))
          .satisfies(has(Reason.PEER_OFFLINE))
          .hasMessage("bob is not online at this server.");
    }
  }

  @Test
  void aPeerThatDoesNotAnswerIsWaitedForNoLongerThanAsked() throws Exception {
    try (Guest alice = Guest.online(rendezvous.address(), "alice");
        Guest bob = Guest.shy(rendezvous.address(), "bob")) {
      assertThatThrownBy(() -> alice.client().invite("bob", Duration.ofMillis(300)))
          .satisfies(has(Reason.NOT_ANSWERED))
          .hasMessageContaining("bob is online but has not answered");
      assertThat(bob.invitations).containsExactly("alice");
    }
  }

  @Test
  void aServerThatDiesWhileAnInvitationIsOutEndsIt() throws Exception {
    try (Guest alice = Guest.online(rendezvous.address(), "alice");
        RawPeer bob = new RawPeer(rendezvous.address(), "bob")) {
      CompletableFuture<Link> link = alice.client().inviteAsync("bob", PATIENCE);
      assertThat(bob.introduction().kind()).isEqualTo(Kind.INVITE);
      rendezvous.close();
      assertThatThrownBy(() -> link.get(10, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .cause()
          .satisfies(has(Reason.SERVER_LOST));
      assertThat(alice.offline()).satisfies(has(Reason.SERVER_LOST));
      assertThatThrownBy(() -> alice.invite("bob")).satisfies(has(Reason.SERVER_LOST));
    }
  }

  @Test
  void aServerThatComesBackKnowsWhoeverComesBack() throws Exception {
    try (Guest alice = Guest.online(rendezvous.address(), "alice");
        Guest bob = Guest.online(rendezvous.address(), "bob")) {
      rendezvous = rendezvous.again();
      assertThat(alice.offline()).satisfies(has(Reason.SERVER_LOST));
      assertThat(bob.offline()).satisfies(has(Reason.SERVER_LOST));
    }
    try (Guest alice = Guest.online(rendezvous.address(), "alice");
        Guest bob = Guest.online(rendezvous.address(), "bob");
        Link toBob = alice.invite("bob")) {
      Talk.works(toBob, bob.link());
    }
  }

  @Test
  void aServerThatDiesDuringThePunchDoesNotHurtIt() throws Exception {
    try (Guest alice = Guest.online(rendezvous.address(), "alice");
        RawPeer bob = new RawPeer(rendezvous.address(), "bob")) {
      CompletableFuture<Link> link = alice.client().inviteAsync("bob", PATIENCE);
      assertThat(bob.introduction().peerId()).isEqualTo("alice");
      bob.introduce(Kind.ACCEPT, "alice");
      RawPeer.Wire wire = bob.accept();
      assertThat(wire.receiveLink()).isEqualTo(new Ack("alice"));
      rendezvous.close();
      alice.offline();
      wire.send(new Ack("bob"), new Data("bob", "still here".getBytes(UTF_8)));
      try (Link toBob = link.get(10, TimeUnit.SECONDS)) {
        assertThat(toBob.receive()).asString(UTF_8).isEqualTo("still here");
      }
    }
  }

  @Test
  @Execution(CONCURRENT)
  void anInviterThatVanishesAtOnceIsReported() throws Exception {
    try (Guest bob = Guest.online(rendezvous.address(), "bob");
        RawPeer alice = new RawPeer(rendezvous.address(), "alice")) {
      alice.introduce(Kind.INVITE, "bob");
      alice.introduction();
      alice.close();
      // Nobody listens there any more; the rounds go by.
      assertThat(bob.failure()).satisfies(has(Reason.NOT_PUNCHED)).hasMessageContaining("alice");
    }
  }

  @Test
  void theSameInvitationTwiceLeadsToOneLink() throws Exception {
    try (Guest bob = Guest.online(rendezvous.address(), "bob");
        RawPeer alice = new RawPeer(rendezvous.address(), "alice")) {
      RawPeer.Wire aux = alice.introduce(Kind.INVITE, "bob");
      Introduction accept = alice.introduction();
      aux.send(alice.lastIntroduce());
      RawPeer.Wire link = alice.dial(accept.local());
      link.send(new Ack("alice"));
      assertThat(link.receiveLink()).isEqualTo(new Ack("bob"));
      try (Link toAlice = bob.link()) {
        link.send(new Data("alice", "once".getBytes(UTF_8)));
        assertThat(toAlice.receive()).asString(UTF_8).isEqualTo("once");
        // Once more, when all is settled; what the server says to bob afterwards comes behind it.
        aux.send(alice.lastIntroduce());
        try (Guest carol = Guest.online(rendezvous.address(), "carol");
            Link toBob = carol.invite("bob")) {
          Talk.works(toBob, bob.link());
        }
      }
      assertThat(bob.invitations).containsExactly("alice", "carol");
    }
  }

  @Test
  void anAckThatComesByteByByteWithDataBehindItIsUnderstood() throws Exception {
    try (Guest bob = Guest.online(rendezvous.address(), "bob");
        RawPeer alice = new RawPeer(rendezvous.address(), "alice")) {
      alice.introduce(Kind.INVITE, "bob");
      RawPeer.Wire link = alice.dial(alice.introduction().local());
      link.sendByteByByte(new Ack("alice"), new Data("alice", "hello".getBytes(UTF_8)));
      try (Link toAlice = bob.link()) {
        assertThat(toAlice.receive()).asString(UTF_8).isEqualTo("hello");
      }
    }
  }

  @Test
  void aLinkThatNamesSomebodyElseIsClosedAndAnotherOneTaken() throws Exception {
    try (Guest bob = Guest.online(rendezvous.address(), "bob");
        RawPeer alice = new RawPeer(rendezvous.address(), "alice")) {
      alice.introduce(Kind.INVITE, "bob");
      Introduction accept = alice.introduction();
      RawPeer.Wire mallory = alice.dial(accept.local());
      mallory.send(new Ack("mallory"));
      assertThat(mallory.isClosedByTheOther()).isTrue();
      RawPeer.Wire early = alice.dial(accept.local());
      early.send(new Data("alice", "before the ack".getBytes(UTF_8)));
      assertThat(early.isClosedByTheOther()).isTrue();
      RawPeer.Wire right = alice.dial(accept.local());
      right.send(new Ack("alice"));
      assertThat(right.receiveLink()).isEqualTo(new Ack("bob"));
      bob.link().close();
    }
  }

  @Test
  void aLinkThatBreaksWithinAMessageIsNoEnd() throws Exception {
    withLinkToRawPeer((toBob, bob) -> {
      bob.sendAllButTheLastByte(new Data("bob", "half".getBytes(UTF_8)));
      bob.close();
      assertThatThrownBy(toBob::receive).satisfies(has(Reason.LINK_LOST));
    });
  }

  @Test
  void aLinkThatIsResetIsNoEndEither() throws Exception {
    withLinkToRawPeer((toBob, bob) -> {
      bob.reset();
      assertThatThrownBy(toBob::receive)
          .satisfies(has(Reason.LINK_LOST))
          .hasMessage("The connection to bob broke: connection reset by the other side.");
    });
  }

  @Test
  void aPeerThatChangesItsNameIsNotHeard() throws Exception {
    withLinkToRawPeer((toBob, bob) -> {
      bob.send(new Data("mallory", "trust me".getBytes(UTF_8)));
      assertThatThrownBy(toBob::receive)
          .satisfies(has(Reason.LINK_LOST))
          .hasMessageContaining("under another name");
    });
  }

  @Test
  void whatCameBeforeAnErrorIsStillDelivered() throws Exception {
    withLinkToRawPeer((toBob, bob) -> {
      bob.send(new Data("bob", "good".getBytes(UTF_8)));
      bob.send(new byte[] {0x7F, 0x7F});
      assertThat(toBob.receive()).asString(UTF_8).isEqualTo("good");
      assertThatThrownBy(toBob::receive)
          .satisfies(has(Reason.LINK_LOST))
          .hasMessageContaining("not tcppunch");
    });
  }

  @Test
  void sendingToAPeerThatIsGoneFails() throws Exception {
    withLinkToRawPeer((toBob, bob) -> {
      bob.reset();
      assertThatThrownBy(
              () -> {
                while (true) {
                  toBob.send(new byte[1000]);
                }
              })
          .satisfies(has(Reason.LINK_LOST));
    });
  }

  private interface LinkTest {
    void run(Link toBob, RawPeer.Wire bob) throws Exception;
  }

  private void withLinkToRawPeer(LinkTest test) throws Exception {
    try (Guest alice = Guest.online(rendezvous.address(), "alice");
        RawPeer bob = new RawPeer(rendezvous.address(), "bob")) {
      CompletableFuture<Link> link = alice.client().inviteAsync("bob", PATIENCE);
      bob.introduction();
      bob.introduce(Kind.ACCEPT, "alice");
      RawPeer.Wire wire = bob.accept();
      assertThat(wire.receiveLink()).isEqualTo(new Ack("alice"));
      wire.send(new Ack("bob"));
      try (Link toBob = link.get(10, TimeUnit.SECONDS)) {
        test.run(toBob, wire);
      }
    }
  }

  @Test
  void whoGivesUpWaitingDoesNotKeepALinkThatComesLater() throws Exception {
    try (Guest alice = Guest.online(rendezvous.address(), "alice");
        RawPeer bob = new RawPeer(rendezvous.address(), "bob")) {
      CompletableFuture<Link> link = alice.client().inviteAsync("bob", PATIENCE);
      bob.introduction();
      bob.introduce(Kind.ACCEPT, "alice");
      RawPeer.Wire wire = bob.accept();
      wire.receiveLink();
      link.cancel(false);
      wire.send(new Ack("bob"));
      assertThat(wire.isClosedByTheOther()).isTrue();
    }
  }

  @Test
  void anInterruptEndsTheWaiting() throws Exception {
    try (Guest alice = Guest.online(rendezvous.address(), "alice");
        Guest bob = Guest.shy(rendezvous.address(), "bob")) {
      CompletableFuture<Throwable> outcome = new CompletableFuture<>();
      Thread waiting =
          Thread.ofVirtual()
              .start(() -> outcome.complete(catchThrowable(() -> alice.invite("bob"))));
      assertThat(bob.invitations.poll(10, TimeUnit.SECONDS)).isEqualTo("alice");
      waiting.interrupt();
      assertThat(outcome.get(10, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
    }
  }

  @Test
  void aServerWhoseSecondPortIsClosedIsNamed() throws Exception {
    InetSocketAddress closed;
    try (ServerSocket gone = new ServerSocket(0, 1, LOOPBACK)) {
      closed = (InetSocketAddress) gone.getLocalSocketAddress();
    }
    RendezvousAddress half = new RendezvousAddress(rendezvous.address().main(), closed);
    try (Guest alice = Guest.online(half, "alice")) {
      assertThatThrownBy(() -> alice.invite("bob"))
          .satisfies(has(Reason.SERVER_UNREACHABLE))
          .hasMessage(
              "The server's tcp-a port %d cannot be reached: connection refused."
                  .formatted(closed.getPort()));
    }
  }

  @Test
  @Execution(CONCURRENT)
  void aServerThatSaysNothingIsNotWaitedForForever() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, LOOPBACK)) {
      InetSocketAddress there = (InetSocketAddress) silent.getLocalSocketAddress();
      assertThatThrownBy(() -> Guest.online(new RendezvousAddress(there, there), "alice"))
          .satisfies(has(Reason.SERVER_UNREACHABLE))
          .hasMessageContaining("does not answer");
    }
  }

  @Test
  void anAnswerThatNobodyAskedForIsIgnored() throws Exception {
    try (Guest alice = Guest.online(rendezvous.address(), "alice");
        RawPeer bob = new RawPeer(rendezvous.address(), "bob");
        Guest carol = Guest.online(rendezvous.address(), "carol")) {
      bob.introduce(Kind.ACCEPT, "alice");
      try (Link toCarol = alice.invite("carol");
          Link toAlice = carol.link()) {
        Talk.works(toCarol, toAlice);
      }
    }
  }

  @Test
  void aListenerThatThrowsHurtsNeitherItsClientNorTheServer() throws Exception {
    TcpPunchListener clumsy =
        new TcpPunchListener() {
          @Override
          public boolean onInvitation(String peer) {
            if (peer.equals("alice")) {
              throw new IllegalStateException("on purpose, at the invitation");
            }
            return true;
          }

          @Override
          public void onLink(Link link) {
            throw new IllegalStateException("on purpose, at the link");
          }
        };
    try (TcpPunchClient bob = TcpPunchClient.online(rendezvous.address(), "bob", clumsy);
        Guest alice = Guest.online(rendezvous.address(), "alice");
        Guest carol = Guest.online(rendezvous.address(), "carol")) {
      assertThatThrownBy(() -> alice.client().invite(bob.id(), Duration.ofMillis(300)))
          .satisfies(has(Reason.NOT_ANSWERED));
      try (Link toBob = carol.invite("bob")) {
        assertThatThrownBy(toBob::receive).satisfies(has(Reason.LINK_LOST));
      }
    }
  }

  @Test
  void aClosedClientEndsItsAttempts() throws Exception {
    try (Guest alice = Guest.online(rendezvous.address(), "alice");
        Guest bob = Guest.shy(rendezvous.address(), "bob")) {
      CompletableFuture<Link> link = alice.client().inviteAsync("bob", PATIENCE);
      assertThat(bob.invitations.poll(10, TimeUnit.SECONDS)).isEqualTo("alice");
      alice.close();
      assertThatThrownBy(() -> link.get(10, TimeUnit.SECONDS))
          .cause()
          .satisfies(has(Reason.CLOSED));
      assertThatThrownBy(() -> alice.invite("bob")).satisfies(has(Reason.CLOSED));
    }
  }

  private static Consumer<Throwable> has(Reason reason) {
    return thrown ->
        assertThat(thrown)
            .isInstanceOfSatisfying(
                CulvertException.class, e -> assertThat(e.reason()).isEqualTo(reason));
  }

  @Test
  void anyNameOfTheRightLengthWorks() throws Exception {
    String longest = "ü".repeat(127) + "x";
    try (TcpPunchClient client = TcpPunchClient.online(rendezvous.address(), longest)) {
      assertThat(client.id()).isEqualTo(longest);
    }
    assertThatThrownBy(() -> TcpPunchClient.online(rendezvous.address(), longest + "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most 255 bytes");
  }
}
