package io.culvert.server.tag;

import static io.culvert.server.tag.ServiceOnPaper.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.tag.ServiceOnPaper.Sent;
import io.culvert.wire.tag.Status;
import io.culvert.wire.tag.TagMessage;
import io.culvert.wire.tag.TagMessage.Answer;
import io.culvert.wire.tag.TagMessage.AnswerReceived;
import io.culvert.wire.tag.TagMessage.Dial;
import io.culvert.wire.tag.TagMessage.Dialing;
import io.culvert.wire.tag.TagMessage.Knock;
import io.culvert.wire.tag.TagMessage.KnockAnswer;
import io.culvert.wire.tag.TagMessage.Refused;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** What becomes of a dial. */
class IntroductionTest {
  private static final InetSocketAddress CALLER = at("203.0.113.1", 1001);
  private static final InetSocketAddress CALLER_PUNCH = at("203.0.113.1", 5001);
  private static final InetSocketAddress CALLEE = at("203.0.113.2", 1002);
  private static final InetSocketAddress CALLEE_PUNCH = at("203.0.113.2", 5002);
  private static final InetSocketAddress LAN_A = at("192.168.1.10", 5001);
  private static final InetSocketAddress LAN_B = at("192.168.1.11", 5002);
  private static final Optional<InetSocketAddress> NO_LAN = Optional.empty();

  private final ServiceOnPaper paper = new ServiceOnPaper();
  private String token = "";
  private long knockMid;

  @Test
  void theCallerIsToldWhereTheCalleesAnswerCameFrom() {
    dial();
    answer(CALLEE_PUNCH, Status.ok(), OptionalInt.of(54321), NO_LAN);

    assertThat(answers())
        .singleElement()
        .returns(token, Answer::token)
        .returns(Status.ok(), Answer::status)
        .returns(Optional.of(CALLEE_PUNCH), Answer::callee)
        .returns(NO_LAN, Answer::calleeLan);
    assertThat(paper.count(TagCounter.INTRODUCED)).isEqualTo(1);
  }

  @Test
  void aCalleeThatCouldAnswerFromItsRegisteredSocketOnlyNamesItsPort() {
    dial();
    answer(CALLEE, Status.ok(), OptionalInt.of(54321), NO_LAN);
    assertThat(answers())
        .singleElement()
        .returns(Optional.of(at("203.0.113.2", 54321)), Answer::callee);
  }

  @Test
  void aCalleeThatPunchesFromItsRegisteredSocketIsThere() {
    dial();
    answer(CALLEE, Status.ok(), OptionalInt.empty(), NO_LAN);
    assertThat(answers()).singleElement().returns(Optional.of(CALLEE), Answer::callee);
  }

  @Test
  void aCalleeMayPunchFromAnotherAddressThanItIsRegisteredAt() {
    dial();
    InetSocketAddress elsewhere = at("198.51.100.200", 7);
    answer(elsewhere, Status.ok(), OptionalInt.of(9), NO_LAN);
    assertThat(answers()).singleElement().returns(Optional.of(elsewhere), Answer::callee);
  }

  @Test
  void aRefusalIsPassedOnWithItsReason() {
    dial();
    Status busy = Status.of(486, "busy");
    answer(CALLEE_PUNCH, busy, OptionalInt.empty(), NO_LAN);
    assertThat(answers())
        .singleElement()
        .returns(busy, Answer::status)
        .returns(Optional.empty(), Answer::callee);
    assertThat(paper.count(TagCounter.REFUSED)).isEqualTo(1);
  }

  @Test
  void aKnockIsRepeatedWithTheSameBytesAndThenTheCallerIsToldThatNobodyAnswers() {
    dial();
    paper.pass(Duration.ofMillis(5749));
    List<Sent> knocks = paper.sent();
    assertThat(knocks).allMatch(sent -> sent.to().equals(CALLEE));
    assertThat(knocks)
        .extracting(Sent::at)
        .containsExactly(
            Duration.ofMillis(250),
            Duration.ofMillis(750),
            Duration.ofMillis(1750),
            Duration.ofMillis(3750));
    assertThat(knocks).extracting(Sent::json).containsOnly(knocks.getFirst().json());
    assertThat(((Knock) knocks.getFirst().message()).mid()).isEqualTo(knockMid);

    paper.pass(Duration.ofMillis(1));

    assertThat(answers())
        .singleElement()
        .returns(token, Answer::token)
        .returns(Status.of(203, "the callee does not answer"), Answer::status);
    assertThat(paper.count(TagCounter.UNANSWERED)).isEqualTo(1);
  }

  @Test
  void whatTheCallerIsToldIsRepeatedUntilItHasHeard() {
    dial();
    paper.pass(Duration.ofMillis(100));
    answer(CALLEE_PUNCH, Status.ok(), OptionalInt.empty(), NO_LAN);
    paper.pass(Duration.ofMillis(800));
    List<Sent> told = paper.sent();
    assertThat(told).allMatch(sent -> sent.to().equals(CALLER_PUNCH));
    assertThat(told)
        .extracting(Sent::at)
        .containsExactly(Duration.ofMillis(100), Duration.ofMillis(350), Duration.ofMillis(850));
    Answer answer = (Answer) told.getFirst().message();

    paper.receive(CALLER_PUNCH, new AnswerReceived(answer.mid(), token));
    paper.pass(Duration.ofMinutes(1));

    assertThat(paper.sent()).isEmpty();
    assertThat(paper.count(TagCounter.LATE)).isZero();
  }

  @Test
  void aCallerThatNeverHearsIsGivenUp() {
    dial();
    answer(CALLEE_PUNCH, Status.ok(), OptionalInt.empty(), NO_LAN);
    paper.pass(Duration.ofSeconds(30));
    assertThat(paper.sentTo(CALLER_PUNCH)).hasSize(5);

    answer(CALLEE_PUNCH, Status.ok(), OptionalInt.empty(), NO_LAN);
    assertThat(paper.count(TagCounter.LATE)).isEqualTo(1);
  }

  @Test
  void theFirstAnswerOfACalleeCounts() {
    dial();
    answer(CALLEE_PUNCH, Status.ok(), OptionalInt.empty(), NO_LAN);
    answer(at("203.0.113.2", 5003), Status.of(486), OptionalInt.empty(), NO_LAN);
    assertThat(answers()).singleElement().returns(Optional.of(CALLEE_PUNCH), Answer::callee);
    assertThat(paper.count(TagCounter.LATE)).isEqualTo(1);
  }

  @Test
  void anAnswerMustHaveTheNumberThatOnlyTheCalleeWasTold() {
    dial();
    paper.receive(
        CALLER_PUNCH,
        new KnockAnswer(knockMid + 1, token, Status.ok(), OptionalInt.empty(), NO_LAN));
    paper.receive(
        CALLEE_PUNCH,
        new KnockAnswer(knockMid, token + "x", Status.ok(), OptionalInt.empty(), NO_LAN));
    assertThat(paper.sent()).isEmpty();
    assertThat(paper.count(TagCounter.LATE)).isEqualTo(2);
  }

  @Test
  void aReceiptMustHaveTheNumberOfTheAnswer() {
    dial();
    paper.receive(CALLER_PUNCH, new AnswerReceived(knockMid, token));
    answer(CALLEE_PUNCH, Status.ok(), OptionalInt.empty(), NO_LAN);
    long mid = answers().getFirst().mid();
    paper.receive(CALLER_PUNCH, new AnswerReceived(mid + 1, token));
    assertThat(paper.count(TagCounter.LATE)).isEqualTo(2);
    paper.pass(Duration.ofMillis(250));
    assertThat(answers()).hasSize(1);
  }

  @Test
  void severalCallersDialOneCalleeAtOnce() {
    String callee = paper.prove(CALLEE);
    String caller = paper.prove(CALLER);
    InetSocketAddress other = at("198.51.100.4", 4);
    String otherCaller = paper.prove(other);

    String first = paper.dial(CALLER_PUNCH, caller, callee);
    Knock firstKnock = (Knock) paper.sent().getFirst().message();
    String second = paper.dial(other, otherCaller, callee);
    Knock secondKnock = (Knock) paper.sent().getFirst().message();
    paper.receive(
        at("203.0.113.2", 6002),
        new KnockAnswer(secondKnock.mid(), second, Status.ok(), OptionalInt.empty(), NO_LAN));
    paper.receive(
        at("203.0.113.2", 6001),
        new KnockAnswer(firstKnock.mid(), first, Status.ok(), OptionalInt.empty(), NO_LAN));

    List<Sent> told = paper.sent();
    assertThat(told).extracting(Sent::to).containsExactly(other, CALLER_PUNCH);
    assertThat(told)
        .extracting(sent -> ((Answer) sent.message()).callee().orElseThrow().getPort())
        .containsExactly(6002, 6001);
  }

  @Test
  void theCallerIsAnsweredThroughTheSocketItDialledThrough() {
    String callee = paper.prove(CALLEE);
    String caller = paper.prove(CALLER);
    paper.receive("second", CALLER_PUNCH, new Dial(1, caller, callee, NO_LAN));
    List<Sent> sent = paper.sent();
    Knock knock =
        (Knock)
            sent.stream().filter(s -> s.to().equals(CALLEE)).findFirst().orElseThrow().message();
    paper.receive(
        CALLEE_PUNCH,
        new KnockAnswer(knock.mid(), knock.token(), Status.ok(), OptionalInt.empty(), NO_LAN));
    assertThat(paper.sent()).extracting(Sent::socket).containsExactly("second");
  }

  @Test
  void lanAddressesAreHandedOutBehindOneNat() {
    InetSocketAddress calleeHere = at("203.0.113.1", 1002);
    String callee = prove(calleeHere, Optional.of(at("192.168.1.11", 1002)));
    String caller = paper.prove(CALLER);
    Knock knock = dial(caller, callee, Optional.of(LAN_A));
    assertThat(knock.callerLan()).contains(LAN_A);

    paper.receive(
        at("203.0.113.1", 5002),
        new KnockAnswer(
            knock.mid(), knock.token(), Status.ok(), OptionalInt.empty(), Optional.of(LAN_B)));

    assertThat(answers()).singleElement().returns(Optional.of(LAN_B), Answer::calleeLan);
  }

  @Test
  void withoutALanAddressOfThePunchSocketThatOfTheRegistrationIsHandedOut() {
    String callee = prove(at("203.0.113.1", 1002), Optional.of(LAN_B));
    String caller = prove(CALLER, Optional.of(LAN_A));
    Knock knock = dial(caller, callee, NO_LAN);
    assertThat(knock.callerLan()).contains(LAN_A);

    paper.receive(
        at("203.0.113.1", 5002),
        new KnockAnswer(knock.mid(), knock.token(), Status.ok(), OptionalInt.empty(), NO_LAN));

    assertThat(answers()).singleElement().returns(Optional.of(LAN_B), Answer::calleeLan);
  }

  @Test
  void strangersDoNotLearnLanAddresses() {
    String callee = prove(CALLEE, Optional.of(LAN_B));
    String caller = paper.prove(CALLER);
    Knock knock = dial(caller, callee, Optional.of(LAN_A));
    assertThat(knock.callerLan()).isEmpty();

    answer(knock, CALLEE_PUNCH, Optional.of(LAN_B));

    assertThat(answers()).singleElement().returns(NO_LAN, Answer::calleeLan);
  }

  @Test
  void aTokenIsKnownForElevenAndAHalfSeconds() {
    dial();
    paper.pass(Duration.ofMillis(11_499));
    Answer told = answers().getFirst();
    paper.receive(CALLER_PUNCH, new AnswerReceived(told.mid(), token));
    assertThat(paper.count(TagCounter.LATE)).isZero();

    dial();
    paper.pass(Duration.ofMillis(11_500));
    told = answers().getFirst();
    paper.receive(CALLER_PUNCH, new AnswerReceived(told.mid(), token));
    assertThat(paper.count(TagCounter.LATE)).isEqualTo(1);
  }

  @Test
  void aKnockAtSomebodyWhoHasProvedNothingIsRepeatedToo() {
    String callee = paper.register(CALLEE);
    String caller = paper.prove(CALLER);
    paper.dial(CALLER_PUNCH, caller, callee);
    paper.pass(Duration.ofMillis(5749));
    assertThat(paper.sentTo(CALLEE)).hasSize(5);
    paper.pass(Duration.ofMillis(1));
    assertThat(answers())
        .singleElement()
        .returns(Status.UNREACHABLE, answer -> answer.status().code());
  }

  @Test
  void anAnswerToAKnockIsAProof() {
    String callee = paper.register(CALLEE);
    String caller = paper.prove(CALLER);
    Knock knock = dial(caller, callee, NO_LAN);
    assertThat(paper.isProved(CALLEE)).isFalse();

    answer(knock, CALLEE_PUNCH, NO_LAN);

    assertThat(paper.isProved(CALLEE)).isTrue();
  }

  @Test
  void whatACallerIsToldThatHasProvedNothingIsRepeatedToo() {
    String callee = paper.prove(CALLEE);
    String caller = paper.register(CALLER);
    Knock knock = dial(caller, callee, NO_LAN);
    answer(knock, CALLEE_PUNCH, NO_LAN);
    paper.pass(Duration.ofSeconds(10));
    assertThat(answers()).hasSize(5);
  }

  @Test
  void soIsWhatGoesToAnotherAddressThanThatOfTheCallersRegistration() {
    String callee = paper.prove(CALLEE);
    String caller = paper.prove(CALLER);
    InetSocketAddress elsewhere = at("198.51.100.4", 4);
    paper.dial(elsewhere, caller, callee);
    answer((Knock) paper.sent().getFirst().message(), CALLEE_PUNCH, NO_LAN);
    paper.pass(Duration.ofSeconds(10));
    assertThat(paper.sentTo(elsewhere)).hasSize(5);
  }

  @Test
  void oneAddressHasSoManyDialsUnderWayAndNoMore() {
    String caller = paper.prove(CALLER);
    for (int i = 0; i < Introductions.MAX_PER_CALLER; i++) {
      String callee = paper.register(at("198.51.100.1", 1 + i));
      paper.dial(at("203.0.113.1", 10_000 + i), caller, callee);
    }
    String callee = paper.prove(CALLEE);
    Dial tooMuch = new Dial(1, caller, callee, NO_LAN);
    assertThat(code(paper.ask(CALLER_PUNCH, tooMuch).message())).isEqualTo(Status.UNAVAILABLE);
    assertThat(paper.count(TagCounter.OVER_LIMIT)).isEqualTo(1);

    paper.dial(at("203.0.113.99", 1), caller, callee);
    paper.pass(Duration.ofSeconds(12));
    paper.dial(CALLER_PUNCH, caller, callee);
  }

  @Test
  void oneCalleeIsKnockedAtSoManyTimesAtOnceAndNoMore() {
    String caller = paper.prove(CALLER);
    String callee = paper.prove(CALLEE);
    for (int i = 0; i < Introductions.MAX_PER_CALLEE; i++) {
      paper.dial(at("198.51.100." + i, 1), caller, callee);
    }
    Dial tooMuch = new Dial(1, caller, callee, NO_LAN);
    assertThat(code(paper.ask(CALLER_PUNCH, tooMuch).message())).isEqualTo(Status.UNAVAILABLE);

    paper.pass(Duration.ofSeconds(12));
    paper.dial(CALLER_PUNCH, caller, callee);
  }

  @Test
  void theDialsOfStrangersLeaveTheRoomOfOthersAlone() {
    String stranger = paper.register(at("198.51.100.1", 1));
    int dials = 0;
    for (int i = 0; i < 100; i++) {
      String callee = paper.register(at("198.51.100.2", 1 + i));
      for (int j = 0; j < Introductions.MAX_PER_CALLEE; j++, dials++) {
        paper.receive(
            at("10.9." + i + "." + j, 1), new Dial(paper.mid(), stranger, callee, NO_LAN));
      }
    }
    assertThat(dials).isGreaterThan(Introductions.MAX_OF_OTHERS);
    assertThat(paper.count(TagCounter.OVER_LIMIT)).isEqualTo(dials - Introductions.MAX_OF_OTHERS);

    dial();
  }

  private void dial() {
    Knock knock = dial(paper.prove(CALLER), paper.prove(CALLEE), NO_LAN);
    token = knock.token();
    knockMid = knock.mid();
  }

  /** Dials from the caller's punch socket; takes the token and the knock. */
  private Knock dial(String caller, String callee, Optional<InetSocketAddress> lan) {
    paper.sent();
    paper.receive(CALLER_PUNCH, new Dial(paper.mid(), caller, callee, lan));
    List<TagMessage> sent = paper.sent().stream().map(Sent::message).toList();
    Knock knock = (Knock) sent.stream().filter(Knock.class::isInstance).findFirst().orElseThrow();
    assertThat(sent)
        .filteredOn(Dialing.class::isInstance)
        .singleElement()
        .isInstanceOfSatisfying(
            Dialing.class, dialing -> assertThat(dialing.token()).isEqualTo(knock.token()));
    return knock;
  }

  private void answer(
      InetSocketAddress from, Status status, OptionalInt port, Optional<InetSocketAddress> lan) {
    paper.receive(from, new KnockAnswer(knockMid, token, status, port, lan));
  }

  private void answer(Knock knock, InetSocketAddress from, Optional<InetSocketAddress> lan) {
    paper.receive(
        from, new KnockAnswer(knock.mid(), knock.token(), Status.ok(), OptionalInt.empty(), lan));
  }

  /** What the caller has been told since anybody asked. */
  private List<Answer> answers() {
    return paper.sentTo(CALLER_PUNCH).stream().map(Answer.class::cast).toList();
  }

  private String prove(InetSocketAddress from, Optional<InetSocketAddress> lan) {
    String tag = paper.register(from, lan);
    paper.beat(from, tag);
    return tag;
  }

  private static int code(TagMessage message) {
    return ((Refused) message).status().code();
  }
}
