package io.culvert.server.turn;

import static io.culvert.server.turn.TestTurnServer.ALICE;
import static io.culvert.server.turn.TestTurnServer.REALM;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.ErrorLog;
import io.culvert.server.turn.auth.Authenticator;
import io.culvert.server.turn.auth.ChallengeLimit;
import io.culvert.server.turn.auth.Credentials;
import io.culvert.server.turn.auth.KnownUsers;
import io.culvert.wire.stun.StunAttribute;
import io.culvert.wire.stun.StunAttribute.MessageIntegrity;
import io.culvert.wire.stun.StunAttribute.Nonce;
import io.culvert.wire.stun.StunAttribute.Realm;
import io.culvert.wire.stun.StunAttribute.Username;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunCodec;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TurnAttribute.RequestedTransport;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Floods of those who have no credentials, and whose addresses are forged. */
class StrangersTest {
  private static final int SENDERS = 100_000;
  private static final int CHALLENGES = 100;
  private static final Endpoint HOME = TurnOnPaper.at("203.0.113.7", 6000);

  private final TurnOnPaper server = new TurnOnPaper();
  private final Turn turn =
      server.anotherLoop(
          new LongTermAuthentication(
              new Authenticator(
                  new Credentials(REALM, new KnownUsers(REALM, ALICE)),
                  Authenticator.newNonceKey(),
                  Duration.ofHours(1),
                  InstantSource.system()),
              new ChallengeLimit(CHALLENGES),
              server.resources.unbound(),
              server.resources.counters()));
  private final DatagramListener listener = new DatagramListener(turn, Runnable::run, 1);
  private final PaperPort port = new PaperPort(TurnOnPaper.LISTENER, listener, () -> {});
  private final Random random = new Random(41);

  StrangersTest() {
    listener.opened(port);
  }

  @AfterEach
  void nothingIsLeft() {
    turn.close();
    server.close();
  }

  private static byte[] allocate(StunAttribute... credentials) {
    List<StunAttribute> all = new ArrayList<>(List.of(new RequestedTransport(17)));
    all.addAll(List.of(credentials));
    ByteBuf bytes = Unpooled.buffer();
    StunCodec.encode(
        new StunMessage(StunClass.REQUEST, StunMessage.ALLOCATE, PaperClient.newTransaction(), all),
        bytes);
    return ByteBufUtil.getBytes(bytes);
  }

  private static byte[] forged() {
    return allocate(
        new Username("alice"),
        new Realm(REALM),
        new Nonce("obMatJos2gAAAbbbbbbbbbbbbbbbb"),
        new MessageIntegrity(new byte[20]));
  }

  private Endpoint anybody() {
    return new Endpoint(
        0, 0xffff_0000_0000L | (random.nextInt() & 0xffff_ffffL), 1 + random.nextInt(65_535));
  }

  private void nothingIsKept() {
    assertThat(listener.clients()).isZero();
    assertThat(turn.allocations()).isZero();
    assertThat(server.taken()).isZero();
    assertThat(server.resources.quotas().users()).isZero();
    assertThat(server.resources.reservations().size()).isZero();
  }

  /** Case 41. */
  @Test
  void allocatesOfAHundredThousandForgedSendersLeaveNothing() {
    byte[] request = allocate();
    for (int i = 0; i < SENDERS; i++) {
      port.comes(anybody(), request);
    }
    nothingIsKept();
    assertThat(server.counted(TurnCounter.UNAUTHENTICATED) + server.counted(TurnCounter.UNANSWERED))
        .isEqualTo(SENDERS);
  }

  /** Case 42. */
  @Test
  void soDoThoseWithAnIntegrityThatIsMadeUp() {
    byte[] request = forged();
    for (int i = 0; i < SENDERS; i++) {
      port.comes(anybody(), request);
    }
    nothingIsKept();
    assertThat(server.counted(TurnCounter.STALE_NONCE) + server.counted(TurnCounter.UNANSWERED))
        .isEqualTo(SENDERS);
  }

  /** Case 44. */
  @Test
  void aNetworkIsChallengedSoOftenInASecondAndEveryRequestIsCountedAndNoneLogged() {
    try (ErrorLog log = new ErrorLog()) {
      for (int i = 0; i < 1000; i++) {
        port.comes(new Endpoint(HOME.high(), HOME.low(), 1000 + i), allocate());
      }
      assertThat(port.sent()).hasSize(CHALLENGES);
      assertThat(server.counted(TurnCounter.UNAUTHENTICATED)).isEqualTo(CHALLENGES);
      assertThat(server.counted(TurnCounter.UNANSWERED)).isEqualTo(1000 - CHALLENGES);

      port.comes(TurnOnPaper.at("198.18.0.9", 6000), allocate());
      assertThat(port.sent()).as("others are still challenged").hasSize(1);
      server.pass(Duration.ofSeconds(1));
      port.comes(HOME, allocate());
      assertThat(port.sent()).as("and in the next second it is again").hasSize(1);
      assertThat(log.messages()).isEmpty();
    }
  }

  /**
   * Cases 60 and 59: what anybody can have sent to somebody else is not much longer than theirs.
   */
  @Test
  void noAnswerToAStrangerIsThreeTimesItsRequest() throws Exception {
    byte[] shortest = new byte[20];
    System.arraycopy(allocate(), 0, shortest, 0, 20);
    shortest[3] = 0;
    List<byte[]> requests = new ArrayList<>(List.of(allocate(), forged()));
    for (int method : new int[] {1, 4, 8, 9}) {
      byte[] request = allocate();
      request[1] = (byte) method;
      requests.add(request);
    }
    for (byte[] request : requests) {
      port.comes(HOME, request);
      List<PaperPort.Sent> answers = port.sent();
      assertThat(answers).hasSize(1);
      assertThat(answers.getFirst().data().length).isLessThanOrEqualTo(3 * request.length);
      assertThat(answers.getFirst().to()).isEqualTo(HOME);
      StunCodec.decode(Unpooled.wrappedBuffer(answers.getFirst().data()));
    }
    port.comes(HOME, shortest);
    assertThat(port.sent().getFirst().data().length).isLessThanOrEqualTo(5 * shortest.length);
  }

  /** Case 61: two servers that are made to talk to each other do not go on. */
  @Test
  void anAnswerIsNeverAnswered() {
    port.comes(HOME, allocate());
    port.comes(HOME, forged());
    port.comes(HOME, Arrays.copyOf(StunBytes.REQUEST, 20));
    List<PaperPort.Sent> answers = port.sent();
    assertThat(answers).hasSize(3);
    for (PaperPort.Sent answer : answers) {
      port.comes(HOME, answer.data());
    }
    assertThat(port.sent()).isEmpty();
    assertThat(server.counted(TurnCounter.NO_REQUEST)).isEqualTo(3);
  }
}
