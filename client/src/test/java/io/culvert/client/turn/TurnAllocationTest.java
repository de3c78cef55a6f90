package io.culvert.client.turn;

import static io.culvert.client.turn.TurnOnPaper.KEY;
import static io.culvert.client.turn.TurnOnPaper.REALM;
import static io.culvert.client.turn.TurnOnPaper.RELAYED;
import static io.culvert.client.turn.TurnOnPaper.SERVER;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.wire.stun.AttributeType;
import io.culvert.wire.stun.NonceCookie;
import io.culvert.wire.stun.PasswordAlgorithm;
import io.culvert.wire.stun.StunAttribute;
import io.culvert.wire.stun.StunAttribute.Algorithm;
import io.culvert.wire.stun.StunAttribute.AlternateServer;
import io.culvert.wire.stun.StunAttribute.ChosenPasswordAlgorithm;
import io.culvert.wire.stun.StunAttribute.ErrorCode;
import io.culvert.wire.stun.StunAttribute.Fingerprint;
import io.culvert.wire.stun.StunAttribute.Nonce;
import io.culvert.wire.stun.StunAttribute.PasswordAlgorithms;
import io.culvert.wire.stun.StunAttribute.UserHash;
import io.culvert.wire.stun.StunAttribute.Username;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunCodec;
import io.culvert.wire.stun.StunKey;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TransactionId;
import io.culvert.wire.stun.TurnAttribute.ChannelNumber;
import io.culvert.wire.stun.TurnAttribute.Data;
import io.culvert.wire.stun.TurnAttribute.Lifetime;
import io.culvert.wire.stun.TurnAttribute.RequestedTransport;
import io.culvert.wire.stun.TurnAttribute.XorPeerAddress;
import io.culvert.wire.stun.TurnAttribute.XorRelayedAddress;
import io.netty.buffer.Unpooled;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TurnAllocationTest {
  private static final Duration TEN_MINUTES = Duration.ofMinutes(10);
  private static final InetSocketAddress PEER = new InetSocketAddress("198.51.100.9", 7000);
  private static final InetAddress PEERS_IP = PEER.getAddress();
  private static final byte[] HELLO = "hello".getBytes(UTF_8);
  private static final byte[] HELLO_ON_FIRST_CHANNEL = {0x40, 0, 0, 5, 'h', 'e', 'l', 'l', 'o'};

  private final TurnOnPaper turn = new TurnOnPaper();

  // Asking.

  @Test
  void theFirstRequestHasNoCredentialsAndTheSecondHas() {
    turn.begin();
    assertThat(turn.last().method()).isEqualTo(StunMessage.ALLOCATE);
    assertThat(turn.last().attributes())
        .containsExactly(new RequestedTransport(RequestedTransport.UDP), new Fingerprint());

    turn.fail(turn.last(), 401, REALM, new Nonce("n1"));

    assertThat(turn.last().attributes())
        .startsWith(
            new RequestedTransport(RequestedTransport.UDP),
            new Username("alice"),
            REALM,
            new Nonce("n1"))
        .endsWith(new Fingerprint());
    assertThat(turn.isVouchedFor(AttributeType.MESSAGE_INTEGRITY, KEY)).isTrue();
    assertThat(turn.sent().get(1).message().transactionId())
        .isNotEqualTo(turn.sent().get(0).message().transactionId());
  }

  @Test
  void whatTheServerGrantsIsWhereWeAre() {
    turn.allocated(TEN_MINUTES);

    assertThat(turn.events()).containsExactly("allocated " + RELAYED);
  }

  @Test
  void aRequestIsSentSevenTimesInTheTimesOfRfc8489() {
    turn.begin().pass(Duration.ofMinutes(1));

    assertThat(turn.times(StunMessage.ALLOCATE, Duration.ZERO))
        .extracting(Duration::toMillis)
        .containsExactly(0L, 500L, 1500L, 3500L, 7500L, 15_500L, 31_500L);
    assertThat(turn.events()).containsExactly("ended: The relay 203.0.113.1:3478 does not answer.");
    assertThat(turn.allocation().nextDeadline()).isEmpty();
  }

  @Test
  void aSecondRefusalOfTheCredentialsIsTheLast() {
    turn.begin();
    turn.fail(turn.last(), 401, REALM, new Nonce("n1"));
    turn.fail(turn.last(), 401, REALM, new Nonce("n2"));

    assertThat(turn.events())
        .containsExactly("ended: The relay 203.0.113.1:3478 does not accept our credentials.");
  }

  @Test
  void aStaleNonceIsReplacedByTheFreshOne() {
    turn.begin();
    turn.fail(turn.last(), 401, REALM, new Nonce("n1"));
    turn.fail(turn.last(), 438, REALM, new Nonce("n2"));

    assertThat(turn.last().first(Nonce.class)).contains(new Nonce("n2"));
    assertThat(turn.events()).isEmpty();
  }

  @Test
  void aServerWhoseNoncesAreAlwaysStaleIsLeft() {
    turn.begin();
    turn.fail(turn.last(), 401, REALM, new Nonce("n"));
    for (int i = 0; i < 10 && turn.events().isEmpty(); i++) {
      turn.fail(turn.last(), 438, REALM, new Nonce("n" + i));
    }

    assertThat(turn.sent()).hasSize(5);
    assertThat(turn.events()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          403 | does not serve us.
          437 | knows our port from somebody else, or not any more.
          441 | does not accept our credentials.
          442 | refuses: 442 Because.
          500 | refuses: 500 Because.
          """)
  void whyThereIsNoneIsSaid(int code, String sentence) {
    turn.begin();
    turn.fail(turn.last(), 401, REALM, new Nonce("n1"));
    turn.refuse(turn.last(), code);

    assertThat(turn.events()).containsExactly("ended: The relay 203.0.113.1:3478 " + sentence);
  }

  @Test
  void thatThereIsNoRoomIsSaid() {
    turn.begin();
    turn.fail(turn.last(), 401, REALM, new Nonce("n1"));
    turn.refuse(turn.last(), 508);
    TurnOnPaper other = new TurnOnPaper().begin();
    other.fail(other.last(), 401, REALM, new Nonce("n1"));
    other.refuse(other.last(), 486);

    assertThat(turn.events())
        .containsExactly("ended: The relay 203.0.113.1:3478 has no room for another connection.");
    assertThat(other.events())
        .containsExactly(
            "ended: At the relay 203.0.113.1:3478 this account has as many connections as it may.");
  }

  @Test
  void anErrorBeforeAnyChallengeIsBelieved() {
    turn.begin();
    turn.fail(turn.last(), 508);

    assertThat(turn.events()).hasSize(1);
  }

  @Test
  void anAllocationWithoutAnAddressIsNone() {
    turn.begin();
    turn.fail(turn.last(), 401, REALM, new Nonce("n1"));
    turn.succeed(turn.last());

    assertThat(turn.events())
        .containsExactly("ended: The relay 203.0.113.1:3478 does not say where it is.");
  }

  // Whom to believe.

  @Test
  void whatTheServerHasNotVouchedForIsNotBelieved() {
    turn.begin();
    turn.succeed(turn.last(), new XorRelayedAddress(PEER));
    turn.fail(turn.last(), 401, REALM, new Nonce("n1"));
    StunMessage request = turn.last();
    turn.hear(TurnOnPaper.bytes(request.answer(StunClass.SUCCESS, new XorRelayedAddress(PEER))));
    turn.fail(request, 508);
    turn.vouchesWith(StunKey.shortTerm("guessed"), false).succeed(request);
    assertThat(turn.events()).isEmpty();

    turn.vouchesWith(KEY, false).succeed(request, new XorRelayedAddress(RELAYED));

    assertThat(turn.events()).containsExactly("allocated " + RELAYED);
  }

  @Test
  void whatElseTheServerSaysIsNotForThis() {
    turn.begin();
    StunMessage binding = StunMessage.bindingRequest(new TransactionId(1, 2));

    assertThat(turn.hear(TurnOnPaper.bytes(binding.answer(StunClass.SUCCESS)))).isFalse();
    assertThat(turn.hear(TurnOnPaper.bytes(binding))).isFalse();
    assertThat(turn.hear(new byte[] {1, 2, 3})).isFalse();
    assertThat(turn.hear(new byte[0])).isFalse();
  }

  @Test
  void nothingThatTheServerSaysDoesHarm() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 20_000; i++) {
      TurnOnPaper broken = new TurnOnPaper().begin();
      byte[] answer =
          TurnOnPaper.bytes(
              broken
                  .last()
                  .answer(
                      StunClass.ERROR, new ErrorCode(401, ""), REALM, nonce(true, true), OFFERED));
      for (int changes = random.nextInt(4); changes >= 0; changes--) {
        answer[random.nextInt(answer.length)] = (byte) random.nextInt();
      }
      broken.hear(Arrays.copyOf(answer, random.nextInt(answer.length + 1)));
      broken.hear(answer);

      assertThat(broken.sent()).hasSizeLessThanOrEqualTo(2);
    }
  }

  // What newer servers want.

  @Test
  void theBetterAlgorithmIsTakenWhereItIsOffered() {
    StunKey better = StunKey.longTerm(PasswordAlgorithm.SHA_256, "alice", "culvert", "secret");
    turn.begin();
    turn.fail(turn.last(), 401, REALM, nonce(true, false), OFFERED);

    assertThat(turn.last().attributes())
        .contains(
            new Username("alice"),
            OFFERED,
            new ChosenPasswordAlgorithm(Algorithm.of(PasswordAlgorithm.SHA_256)));
    assertThat(turn.isVouchedFor(AttributeType.MESSAGE_INTEGRITY_SHA256, better)).isTrue();
    turn.vouchesWith(better, false).succeed(turn.last(), new XorRelayedAddress(PEER));
    assertThat(turn.events()).isEmpty();
    turn.vouchesWith(better, true).succeed(turn.last(), new XorRelayedAddress(RELAYED));
    assertThat(turn.events()).containsExactly("allocated " + RELAYED);
  }

  @Test
  void anOfferThatHasGotLostOnTheWayIsWaitedFor() {
    turn.begin();
    StunMessage request = turn.last();
    turn.fail(request, 401, REALM, nonce(true, false));
    assertThat(turn.sent()).hasSize(1);
    assertThat(turn.events()).isEmpty();

    turn.fail(request, 401, REALM, nonce(true, false), OFFERED);

    assertThat(turn.sent()).hasSize(2);
  }

  @Test
  void aServerThatReadsHashesIsNotToldTheName() {
    turn.begin();
    turn.fail(turn.last(), 401, REALM, nonce(false, true));

    assertThat(turn.last().first(Username.class)).isEmpty();
    assertThat(turn.last().first(UserHash.class)).contains(UserHash.of("alice", "culvert"));
  }

  private static final PasswordAlgorithms OFFERED =
      new PasswordAlgorithms(
          List.of(
              new Algorithm(77, new byte[0]),
              Algorithm.of(PasswordAlgorithm.SHA_256),
              Algorithm.of(PasswordAlgorithm.MD5)));

  private static Nonce nonce(boolean algorithms, boolean anonymity) {
    return new Nonce(new NonceCookie(algorithms, anonymity).text() + "n1");
  }

  // Another server.

  private static final InetSocketAddress SECOND = new InetSocketAddress("203.0.113.2", 3478);

  @Test
  void aServerThatSendsUsOnIsFollowedOnce() {
    challenged();
    turn.refuse(turn.last(), 300, new AlternateServer(SECOND));

    assertThat(turn.sent().getLast().to()).isEqualTo(SECOND);
    assertThat(turn.allocation().server()).isEqualTo(SECOND);
    assertThat(turn.last().method()).isEqualTo(StunMessage.ALLOCATE);
    assertThat(turn.events()).isEmpty();

    turn.fail(turn.last(), 401, REALM, new Nonce("n2"));
    turn.refuse(turn.last(), 300, new AlternateServer(SERVER));

    assertThat(turn.events())
        .containsExactly("ended: The relay 203.0.113.2:3478 refuses: 300 Because.");
  }

  /** RFC 8489 §14.8: anybody on the way could send us to a victim. */
  @Test
  void nobodyButTheServerSendsUsOn() {
    turn.begin();
    turn.fail(turn.last(), 300, new AlternateServer(SECOND));
    assertThat(turn.sent()).hasSize(1);

    turn.fail(turn.last(), 401, REALM, new Nonce("n1"));
    turn.fail(turn.last(), 300, new AlternateServer(SECOND));
    assertThat(turn.sent()).hasSize(2).allMatch(sent -> sent.to().equals(SERVER));

    turn.succeed(turn.last(), new XorRelayedAddress(RELAYED));
    assertThat(turn.events()).containsExactly("allocated " + RELAYED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "0.0.0.0", "224.0.0.1", "2001:db8::1"})
  void aServerCannotSendUsToPlacesOfOurOwn(String ip) {
    challenged();
    turn.refuse(turn.last(), 300, new AlternateServer(new InetSocketAddress(ip, 3478)));

    assertThat(turn.sent()).hasSize(2);
    assertThat(turn.events()).hasSize(1);
  }

  private void challenged() {
    turn.begin();
    turn.fail(turn.last(), 401, REALM, new Nonce("n1"));
  }

  // Keeping it.

  @ParameterizedTest
  @CsvSource({"600, 15", "60, 15", "3600, 15", "20, 10"})
  void itIsAskedForAgainSoonAndAtHalfOfItsLifeAtTheLatest(int life, int seconds) {
    turn.allocated(Duration.ofSeconds(life)).pass(Duration.ofSeconds(seconds));
    assertThat(turn.last().method()).isEqualTo(StunMessage.REFRESH);
    assertThat(turn.last().first(Lifetime.class)).isEmpty();

    turn.succeed(turn.last(), new Lifetime(life));
    turn.pass(Duration.ofSeconds(seconds));

    assertThat(turn.times(StunMessage.REFRESH, Duration.ofSeconds(1)))
        .containsExactly(Duration.ofSeconds(seconds), Duration.ofSeconds(2L * seconds));
    assertThat(turn.events()).hasSize(1);
    assertThat(turn.confirmations()).isEqualTo(1);
  }

  @Test
  void thatAServerDoesNotAnswerIsToldBeforeItIsLeft() {
    turn.allocated(TEN_MINUTES).pass(Duration.ofMillis(15_499));
    assertThat(turn.events()).hasSize(1);

    turn.pass(Duration.ofMillis(1));
    turn.succeed(turn.last(), new Lifetime(600));
    turn.pass(Duration.ofSeconds(14));

    assertThat(turn.events()).endsWith("silent").hasSize(2);
    assertThat(turn.confirmations()).isEqualTo(1);
  }

  @Test
  void aServerThatCarriesDataIsNotSilentThoughItsAnswerTakesLong() {
    turn.allocated(TEN_MINUTES).withPermission(PEERS_IP).pass(Duration.ofMillis(15_100));
    turn.hear(data(new XorPeerAddress(PEER), new Data(HELLO)));
    turn.pass(Duration.ofSeconds(1));
    assertThat(turn.events()).doesNotContain("silent");

    turn.allocation().check(turn.now());
    turn.pass(Duration.ofSeconds(1));
    assertThat(turn.events()).endsWith("silent");
  }

  @Test
  void onAStreamItIsGivenMoreTime() {
    stream.allocated(TEN_MINUTES).pass(Duration.ofMillis(15_999));
    assertThat(stream.events()).hasSize(1);

    stream.pass(Duration.ofMillis(1));

    assertThat(stream.events()).endsWith("silent").hasSize(2);
  }

  @Test
  void aServerThatFallsSilentIsLeft() {
    turn.allocated(TEN_MINUTES).pass(Duration.ofSeconds(30));
    assertThat(turn.times(StunMessage.REFRESH, Duration.ZERO))
        .extracting(Duration::toMillis)
        .containsExactly(15_000L, 15_500L, 16_500L, 18_500L, 22_500L);
    assertThat(turn.events()).endsWith("silent").hasSize(2);

    turn.pass(Duration.ofMillis(500));

    assertThat(turn.events())
        .endsWith("ended: The relay 203.0.113.1:3478 does not answer any more.")
        .hasSize(3);
    assertThat(turn.allocation().nextDeadline()).isEmpty();
  }

  @Test
  void itDoesNotOutliveWhatTheServerHasGranted() {
    turn.allocated(Duration.ofSeconds(12)).pass(Duration.ofSeconds(12));

    assertThat(turn.events()).hasSize(3).last().asString().contains("does not answer any more");
  }

  @Test
  void whoDoubtsItHasTheServerAskedAtOnceAndOnce() {
    turn.allocated(TEN_MINUTES).pass(Duration.ofSeconds(1));
    turn.allocation().check(turn.now());
    turn.allocation().check(turn.now());
    assertThat(turn.times(StunMessage.REFRESH, Duration.ZERO))
        .containsExactly(Duration.ofSeconds(1));

    turn.refuse(turn.last(), 437);

    assertThat(turn.events()).hasSize(2).last().asString().contains("not any more");
  }

  @Test
  void whatWasAskedInVainIsAskedAgainAsInTheBeginningWhenThereIsHope() {
    turn.allocated(TEN_MINUTES).pass(Duration.ofSeconds(20));
    turn.allocation().hurry(turn.now());
    turn.pass(Duration.ofSeconds(2));

    assertThat(turn.times(StunMessage.REFRESH, Duration.ofSeconds(20)))
        .containsExactly(
            Duration.ofSeconds(20), Duration.ofMillis(20_500), Duration.ofMillis(21_500));
  }

  @Test
  void whoMayHaveMissedTheEndOfSomethingAsksForAllOfItAgain() {
    turn.allocated(TEN_MINUTES).withPermission(PEERS_IP).pass(Duration.ofSeconds(1));
    turn.allocation().renew(turn.now());
    turn.pass(Duration.ZERO);

    assertThat(turn.times(StunMessage.REFRESH, Duration.ofSeconds(1))).hasSize(1);
    assertThat(turn.times(StunMessage.CREATE_PERMISSION, Duration.ofSeconds(1))).hasSize(1);
  }

  @Test
  void aServerThatHasForgottenItSaysSo() {
    turn.allocated(TEN_MINUTES).pass(Duration.ofSeconds(15));
    turn.refuse(turn.last(), 437);

    assertThat(turn.events()).hasSize(2).last().asString().contains("not any more");
  }

  @Test
  void aNonceThatHasGoneStaleMeanwhileDoesNoHarm() {
    turn.allocated(TEN_MINUTES).pass(Duration.ofSeconds(15));
    turn.fail(turn.last(), 438, REALM, new Nonce("n2"));
    assertThat(turn.last().first(Nonce.class)).contains(new Nonce("n2"));
    turn.succeed(turn.last(), new Lifetime(600));
    turn.pass(Duration.ofSeconds(10));

    assertThat(turn.events()).hasSize(1);
    assertThat(turn.confirmations()).isEqualTo(1);
  }

  // On a stream.

  private final TurnOnPaper stream = new TurnOnPaper(Carrier.STREAM);

  @Test
  void whatIsSureToArriveIsSaidOnceAndItsAnswerWaitedForAsLong() {
    stream.begin().pass(Duration.ofMillis(39_499));
    assertThat(stream.sent()).hasSize(1);
    assertThat(stream.events()).isEmpty();

    stream.pass(Duration.ofMillis(1));

    assertThat(stream.events())
        .containsExactly("ended: The relay 203.0.113.1:3478 does not answer.");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 1199})
  void dataOnChannelsArePaddedThere(int length) {
    stream.allocated(TEN_MINUTES).withPermission(PEERS_IP);
    stream.allocation().bind(PEER, stream.now());
    stream.succeed(stream.last());
    byte[] data = new byte[length];
    Arrays.fill(data, (byte) 'x');

    byte[] wrapped = stream.wrap(data, PEER).orElseThrow();

    assertThat(wrapped).hasSize(4 + (length + 3) / 4 * 4).startsWith(0x40, 0);
    assertThat(wrapped[2] << 8 | (wrapped[3] & 0xff)).isEqualTo(length);
    assertThat(Arrays.copyOfRange(wrapped, 4, 4 + length)).isEqualTo(data);
  }

  @Test
  void aServerThatSendsUsOnEndsTheStream() {
    stream.begin();
    stream.fail(stream.last(), 401, REALM, new Nonce("n1"));
    stream.refuse(stream.last(), 300, new AlternateServer(SECOND));

    assertThat(stream.events()).containsExactly("redirected to " + SECOND);
    assertThat(stream.sent()).hasSize(2);
    assertThat(stream.allocation().nextDeadline()).isEmpty();
  }

  // Peers.

  @Test
  void aPeerIsAskedForOnceAndPermitted() {
    turn.allocated(TEN_MINUTES);
    turn.allocation().permit(PEERS_IP, turn.now());
    turn.allocation().permit(PEERS_IP, turn.now());
    assertThat(turn.last().method()).isEqualTo(StunMessage.CREATE_PERMISSION);
    assertThat(turn.last().first(XorPeerAddress.class))
        .contains(new XorPeerAddress(new InetSocketAddress(PEERS_IP, 0)));
    assertThat(turn.times(StunMessage.CREATE_PERMISSION, Duration.ZERO)).hasSize(1);

    turn.succeed(turn.last());

    assertThat(turn.events()).endsWith("permitted 198.51.100.9");
  }

  @Test
  void aPermissionIsAskedForAgainBeforeItsFiveMinutesAreOver() {
    turn.allocated(Duration.ofHours(1)).withPermission(PEERS_IP).passKept(Duration.ofSeconds(150));
    assertThat(turn.last().method()).isEqualTo(StunMessage.CREATE_PERMISSION);

    turn.succeed(turn.last());
    turn.passKept(Duration.ofSeconds(150));

    assertThat(turn.times(StunMessage.CREATE_PERMISSION, Duration.ofSeconds(1)))
        .containsExactly(Duration.ofSeconds(150), Duration.ofSeconds(300));
    assertThat(turn.events()).hasSize(2);
  }

  @Test
  void aPeerThatTheServerDoesNotLikeIsNotReached() {
    turn.allocated(TEN_MINUTES);
    turn.allocation().permit(PEERS_IP, turn.now());
    turn.refuse(turn.last(), 403);

    assertThat(turn.events()).endsWith("refused 198.51.100.9");
    assertThat(turn.wrap(HELLO, PEER)).isEmpty();
    int before = turn.sent().size();
    turn.allocation().bind(PEER, turn.now());
    assertThat(turn.sent()).hasSize(before);
  }

  @Test
  void aPeerForWhomThereWasNoRoomMayBeAskedForAgain() {
    turn.allocated(TEN_MINUTES);
    turn.allocation().permit(PEERS_IP, turn.now());
    turn.refuse(turn.last(), 508);
    turn.allocation().permit(PEERS_IP, turn.now());
    turn.succeed(turn.last());

    assertThat(turn.events()).endsWith("refused 198.51.100.9", "permitted 198.51.100.9");
  }

  @Test
  void whoIsForgottenIsNotAskedForAgainAndKeepsTheNumberOfTheChannel() {
    turn.allocated(Duration.ofHours(1)).withPermission(PEERS_IP);
    turn.allocation().bind(PEER, turn.now());
    turn.succeed(turn.last());
    turn.allocation().forget(PEERS_IP);
    turn.passKept(Duration.ofMinutes(6));
    assertThat(turn.times(StunMessage.CREATE_PERMISSION, Duration.ofSeconds(1))).isEmpty();
    assertThat(turn.times(StunMessage.CHANNEL_BIND, Duration.ofSeconds(1))).isEmpty();
    assertThat(turn.wrap(HELLO, PEER)).isEmpty();

    InetSocketAddress other = new InetSocketAddress("198.51.100.10", 7001);
    turn.withPermission(other.getAddress()).allocation().bind(other, turn.now());
    assertThat(turn.last().first(ChannelNumber.class)).contains(new ChannelNumber(0x4001));
    turn.withPermission(PEERS_IP).allocation().bind(PEER, turn.now());
    assertThat(turn.last().first(ChannelNumber.class)).contains(new ChannelNumber(0x4000));
  }

  @Test
  void nothingIsSentToAPeerThatIsNotPermitted() {
    assertThat(turn.begin().wrap(HELLO, PEER)).isEmpty();
    TurnOnPaper other = new TurnOnPaper().allocated(TEN_MINUTES);
    other.allocation().permit(PEERS_IP, other.now());

    assertThat(other.wrap(HELLO, PEER)).isEmpty();
  }

  @Test
  void dataGoInIndications() throws Exception {
    turn.allocated(TEN_MINUTES).withPermission(PEERS_IP);

    byte[] wrapped = turn.wrap(HELLO, PEER).orElseThrow();

    StunMessage send = StunCodec.decode(Unpooled.wrappedBuffer(wrapped));
    assertThat(send.messageClass()).isEqualTo(StunClass.INDICATION);
    assertThat(send.method()).isEqualTo(StunMessage.SEND);
    assertThat(send.attributes()).containsExactly(new XorPeerAddress(PEER), new Data(HELLO));
  }

  @Test
  void dataComeInIndications() {
    turn.allocated(TEN_MINUTES).withPermission(PEERS_IP);
    turn.hear(data(new XorPeerAddress(PEER), new Data(HELLO)));

    assertThat(turn.events()).endsWith("received hello from " + PEER);
  }

  @Test
  void whatNobodyWasPermittedToSendOrHalfAnIndicationIsNothing() {
    turn.allocated(TEN_MINUTES).withPermission(PEERS_IP);
    InetSocketAddress stranger = new InetSocketAddress("198.51.100.66", 1);
    turn.hear(data(new XorPeerAddress(stranger), new Data(HELLO)));
    turn.hear(data(new XorPeerAddress(PEER)));
    turn.hear(data(new Data(HELLO)));

    assertThat(turn.events()).hasSize(2);
  }

  private static byte[] data(StunAttribute... attributes) {
    return TurnOnPaper.bytes(
        new StunMessage(
            StunClass.INDICATION, StunMessage.DATA, new TransactionId(1, 2), List.of(attributes)));
  }

  @Test
  void aChannelMakesDataShorterBothWays() {
    turn.allocated(TEN_MINUTES).withPermission(PEERS_IP);
    turn.allocation().bind(PEER, turn.now());
    assertThat(turn.last().method()).isEqualTo(StunMessage.CHANNEL_BIND);
    assertThat(turn.last().attributes())
        .contains(new ChannelNumber(0x4000), new XorPeerAddress(PEER));
    assertThat(turn.wrap(HELLO, PEER).orElseThrow()[0]).isZero();

    turn.succeed(turn.last());

    assertThat(turn.wrap(HELLO, PEER)).contains(HELLO_ON_FIRST_CHANNEL);
    turn.hear(HELLO_ON_FIRST_CHANNEL);
    assertThat(turn.events()).endsWith("received hello from " + PEER);
  }

  @Test
  void dataMayComeOnAChannelBeforeItsAnswer() {
    turn.allocated(TEN_MINUTES).withPermission(PEERS_IP);
    turn.allocation().bind(PEER, turn.now());
    turn.hear(HELLO_ON_FIRST_CHANNEL);

    assertThat(turn.events()).endsWith("received hello from " + PEER);
  }

  @Test
  void paddingBehindDataIsNotData() {
    turn.allocated(TEN_MINUTES).withPermission(PEERS_IP);
    turn.allocation().bind(PEER, turn.now());
    turn.hear(Arrays.copyOf(HELLO_ON_FIRST_CHANNEL, 12));

    assertThat(turn.events()).endsWith("received hello from " + PEER);
  }

  @Test
  void aChannelThatIsNobodysOrDataCutShortAreNothing() {
    turn.allocated(TEN_MINUTES).withPermission(PEERS_IP);
    turn.allocation().bind(PEER, turn.now());
    byte[] otherChannel = HELLO_ON_FIRST_CHANNEL.clone();
    otherChannel[1] = 1;
    turn.hear(otherChannel);
    turn.hear(Arrays.copyOf(HELLO_ON_FIRST_CHANNEL, 8));

    assertThat(turn.events()).hasSize(2);
  }

  @Test
  void aChannelKeepsItsNumberAndAnotherPeerGetsAnother() {
    InetSocketAddress other = new InetSocketAddress(PEERS_IP, 7001);
    turn.allocated(Duration.ofHours(1)).withPermission(PEERS_IP);
    turn.allocation().bind(PEER, turn.now());
    turn.succeed(turn.last());
    turn.allocation().bind(other, turn.now());
    assertThat(turn.last().first(ChannelNumber.class)).contains(new ChannelNumber(0x4001));
    turn.succeed(turn.last());
    turn.allocation().bind(PEER, turn.now());

    turn.passKept(Duration.ofMinutes(5));

    List<StunMessage> again =
        turn.sent().stream()
            .filter(sent -> sent.at().equals(Duration.ofMinutes(5)))
            .map(TurnOnPaper.Sent::message)
            .filter(message -> message.method() == StunMessage.CHANNEL_BIND)
            .toList();
    assertThat(again)
        .flatExtracting(message -> message.first(ChannelNumber.class).stream().toList())
        .containsExactlyInAnyOrder(new ChannelNumber(0x4000), new ChannelNumber(0x4001));
  }

  @Test
  void whereAChannelIsRefusedDataGoInIndications() {
    turn.allocated(TEN_MINUTES).withPermission(PEERS_IP);
    turn.allocation().bind(PEER, turn.now());
    turn.refuse(turn.last(), 508);

    assertThat(turn.wrap(HELLO, PEER).orElseThrow()[0]).isZero();
    assertThat(turn.events()).hasSize(2);
  }

  // The end.

  @Test
  void itIsGivenBack() {
    turn.allocated(TEN_MINUTES).allocation().release(turn.now());
    assertThat(turn.last().method()).isEqualTo(StunMessage.REFRESH);
    assertThat(turn.last().first(Lifetime.class)).contains(new Lifetime(0));
    assertThat(turn.events()).hasSize(1);

    turn.succeed(turn.last(), new Lifetime(0));

    assertThat(turn.events()).endsWith("ended");
    assertThat(turn.allocation().nextDeadline()).isEmpty();
  }

  @Test
  void givingBackIsTriedAgain() {
    turn.allocated(TEN_MINUTES).allocation().release(turn.now());
    turn.pass(Duration.ofSeconds(40));

    assertThat(turn.times(StunMessage.REFRESH, Duration.ZERO)).hasSize(7);
    assertThat(turn.events()).endsWith("ended");
  }

  @Test
  void whatIsGivenUpBeforeItIsThereIsGivenBackWhenItIs() {
    turn.begin();
    turn.allocation().release(turn.now());
    turn.fail(turn.last(), 401, REALM, new Nonce("n1"));
    turn.succeed(turn.last(), new XorRelayedAddress(RELAYED), new Lifetime(600));
    assertThat(turn.last().first(Lifetime.class)).contains(new Lifetime(0));
    turn.succeed(turn.last(), new Lifetime(0));

    assertThat(turn.events()).containsExactly("ended");
  }

  @Test
  void afterTheEndNothingHappens() {
    turn.allocated(TEN_MINUTES).withPermission(PEERS_IP).allocation().release(turn.now());
    turn.succeed(turn.last(), new Lifetime(0));
    int before = turn.sent().size();
    Stream.<Runnable>of(
            () -> turn.allocation().release(turn.now()),
            () -> turn.allocation().permit(PEERS_IP, turn.now()),
            () -> turn.allocation().bind(PEER, turn.now()),
            () -> turn.allocation().deadlineReached(turn.now()),
            () -> turn.hear(data(new XorPeerAddress(PEER), new Data(HELLO))))
        .forEach(Runnable::run);

    assertThat(turn.sent()).hasSize(before);
    assertThat(turn.events()).endsWith("ended").hasSize(3);
    assertThat(turn.wrap(HELLO, PEER)).isEmpty();
  }
}
