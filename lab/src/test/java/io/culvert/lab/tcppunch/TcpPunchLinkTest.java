package io.culvert.lab.tcppunch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.culvert.client.CulvertException;
import io.culvert.client.Link;
import io.culvert.lab.Talk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What two clients can do with each other. */
class TcpPunchLinkTest {
  private RunningServer rendezvous;
  private Guest alice;
  private Guest bob;

  @BeforeEach
  void goOnline() throws Exception {
    rendezvous = RunningServer.at(InetAddress.getLoopbackAddress());
    alice = Guest.online(rendezvous.address(), "alice");
    bob = Guest.online(rendezvous.address(), "bob");
  }

  @AfterEach
  void goOffline() {
    alice.close();
    bob.close();
    rendezvous.close();
  }

  @Test
  void messagesOfUpTo255BytesArriveWhole() throws Exception {
    try (Link toBob = alice.invite("bob");
        Link toAlice = bob.link()) {
      toBob.send(new byte[0]);
      toBob.send("a".repeat(255).getBytes(UTF_8));
      toBob.send("b".repeat(256).getBytes(UTF_8));
      assertThat(toAlice.receive()).isEmpty();
      assertThat(toAlice.receive()).hasSize(255);
      assertThat(toAlice.receive()).hasSize(255);
      assertThat(toAlice.receive()).hasSize(1);
    }
  }

  @Test
  void bothCanSendAtOnceAndNothingIsLostAtTheEnd() throws Exception {
    byte[] fromAlice = random(3_000_000);
    byte[] fromBob = random(2_000_000);
    try (Link toBob = alice.invite("bob");
        Link toAlice = bob.link()) {
      CompletableFuture<byte[]> bobHeard = CompletableFuture.supplyAsync(() -> readAll(toAlice));
      CompletableFuture<byte[]> aliceHeard = CompletableFuture.supplyAsync(() -> readAll(toBob));
      CompletableFuture<Long> bobSent =
          CompletableFuture.supplyAsync(() -> sendAndFinish(toAlice, fromBob));
      sendAndFinish(toBob, fromAlice);
      assertThat(bobHeard.get(30, TimeUnit.SECONDS)).isEqualTo(fromAlice);
      assertThat(aliceHeard.get(30, TimeUnit.SECONDS)).isEqualTo(fromBob);
      assertThat(bobSent.get(30, TimeUnit.SECONDS)).isEqualTo(fromBob.length);
    }
  }

  @Test
  void whatIsClosedCanBeThrownAwayAllTheSame() throws Exception {
    Link toBob = alice.invite("bob");
    bob.link().close();
    toBob.close();
    toBob.abort();
    assertThat(toBob.receive()).isNull();
  }

  @Test
  void whoEndsFirstStillHearsTheOther() throws Exception {
    try (Link toBob = alice.invite("bob");
        Link toAlice = bob.link()) {
      toBob.finish();
      assertThat(toAlice.receive()).isNull();
      toAlice.send("one more thing".getBytes(UTF_8));
      toAlice.finish();
      assertThat(toBob.receive()).asString(UTF_8).isEqualTo("one more thing");
      assertThat(toBob.receive()).isNull();
    }
  }

  @Test
  void whoEndsFirstGetsAllThatFillsTheBuffersOfTheOther() throws Exception {
    byte[] large = random(10_000_000);
    try (Link toBob = alice.invite("bob");
        Link toAlice = bob.link()) {
      toBob.finish();
      assertThat(toAlice.receive()).isNull();
      CompletableFuture<Long> sent =
          CompletableFuture.supplyAsync(() -> sendAndFinish(toAlice, large));
      // Nobody reads until the sender has filled everything there is between the two.
      await()
          .during(300, TimeUnit.MILLISECONDS)
          .atMost(20, TimeUnit.SECONDS)
          .until(() -> !sent.isDone());
      assertThat(readAll(toBob)).isEqualTo(large);
      assertThat(sent.get(20, TimeUnit.SECONDS)).isEqualTo(large.length);
    }
  }

  @Test
  void anAbortedLinkIsNoEnd() throws Exception {
    try (Link toBob = alice.invite("bob");
        Link toAlice = bob.link()) {
      toAlice.abort();
      assertThatThrownBy(toBob::receive)
          .isInstanceOf(CulvertException.class)
          .hasMessageContaining("The connection to bob broke");
    }
  }

  @Test
  void whoHasFinishedCannotSendAnyMore() throws Exception {
    try (Link toBob = alice.invite("bob");
        Link toAlice = bob.link()) {
      toBob.finish();
      assertThatThrownBy(() -> toBob.send("but".getBytes(UTF_8)))
          .isInstanceOf(CulvertException.class)
          .hasMessage("Nothing more can be sent to bob: this side has finished.");
      assertThat(toAlice.receive()).isNull();
    }
  }

  @Test
  void whoSendsMoreThanTheOtherWantedToReadIsTold() throws Exception {
    try (Link toBob = alice.invite("bob");
        Link toAlice = bob.link()) {
      CompletableFuture<Long> sent =
          CompletableFuture.supplyAsync(() -> sendAndFinish(toBob, new byte[30_000_000]));
      assertThat(toAlice.receive()).hasSize(255);
      toAlice.close();
      assertThat(sent).failsWithin(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void closeDeliversWhatWasSent() throws Exception {
    byte[] sent = random(1_000_000);
    Link toBob = alice.invite("bob");
    try (Link toAlice = bob.link()) {
      CompletableFuture<byte[]> heard = CompletableFuture.supplyAsync(() -> readAll(toAlice));
      toBob.send(sent);
      toBob.close();
      assertThat(heard.get(30, TimeUnit.SECONDS)).isEqualTo(sent);
    }
  }

  @Test
  void whoSendsFasterThanTheOtherReadsHasToWait() throws Exception {
    try (Link toBob = alice.invite("bob");
        Link toAlice = bob.link()) {
      AtomicLong sent = new AtomicLong();
      Thread sender =
          Thread.ofVirtual()
              .start(() -> {
                byte[] chunk = new byte[10_000];
                try {
                  while (!Thread.currentThread().isInterrupted()) {
                    toBob.send(chunk);
                    sent.addAndGet(chunk.length);
                  }
                } catch (InterruptedException | IOException e) {
                  Thread.currentThread().interrupt();
                }
              });
      await()
          .during(500, TimeUnit.MILLISECONDS)
          .atMost(20, TimeUnit.SECONDS)
          .until(sent::get, before -> before > 0 && before == sent.get());
      // What fits into two sockets and an inbox, and no more.
      assertThat(sent.get()).isLessThan(64_000_000);
      assertThat(toAlice.receive()).hasSize(255);
      sender.interrupt();
      sender.join();
    }
  }

  @Test
  void theLinkOutlivesServerAndClients() throws Exception {
    try (Link toBob = alice.invite("bob");
        Link toAlice = bob.link()) {
      rendezvous.close();
      alice.close();
      bob.close();
      Talk.works(toBob, toAlice);
    }
  }

  @Test
  void bothInvitingEachOtherAtTheSameMomentShareOneLink() throws Exception {
    for (int round = 0; round < 20; round++) {
      CompletableFuture<Link> ours = alice.client().inviteAsync("bob", Guest.PATIENCE);
      CompletableFuture<Link> theirs = bob.client().inviteAsync("alice", Guest.PATIENCE);
      try (Link toBob = ours.get(20, TimeUnit.SECONDS);
          Link toAlice = theirs.get(20, TimeUnit.SECONDS)) {
        Talk.works(toBob, toAlice);
      }
    }
  }

  @Test
  void anInvitationThatWasNotAcceptedIsAnsweredByInvitingItsSender() throws Exception {
    try (Guest carol = Guest.shy(rendezvous.address(), "carol")) {
      CompletableFuture<Link> ours = alice.client().inviteAsync("carol", Guest.PATIENCE);
      assertThat(carol.invitations.poll(10, TimeUnit.SECONDS)).isEqualTo("alice");
      try (Link toAlice = carol.invite("alice");
          Link toCarol = ours.get(20, TimeUnit.SECONDS)) {
        Talk.works(toCarol, toAlice);
      }
    }
  }

  @Test
  void onePeerTalksToManyAtOnce() throws Exception {
    try (Guest carol = Guest.online(rendezvous.address(), "carol");
        Link toBob = alice.invite("bob");
        Link toCarol = alice.invite("carol");
        Link bobs = bob.link();
        Link carols = carol.link()) {
      Talk.works(toBob, bobs);
      Talk.works(toCarol, carols);
    }
  }

  private static long sendAndFinish(Link link, byte[] bytes) {
    try {
      link.send(bytes);
      link.finish();
      return bytes.length;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] readAll(Link link) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try {
      for (byte[] message = link.receive(); message != null; message = link.receive()) {
        all.writeBytes(message);
      }
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    return all.toByteArray();
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }
}
