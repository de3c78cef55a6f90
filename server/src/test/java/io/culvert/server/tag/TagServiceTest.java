package io.culvert.server.tag;

import static io.culvert.server.tag.ServiceOnPaper.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.tag.ServiceOnPaper.Sent;
import io.culvert.wire.tag.Status;
import io.culvert.wire.tag.TagMessage;
import io.culvert.wire.tag.TagMessage.Dial;
import io.culvert.wire.tag.TagMessage.Dialing;
import io.culvert.wire.tag.TagMessage.Heartbeat;
import io.culvert.wire.tag.TagMessage.HeartbeatAccepted;
import io.culvert.wire.tag.TagMessage.Knock;
import io.culvert.wire.tag.TagMessage.ListTags;
import io.culvert.wire.tag.TagMessage.Refused;
import io.culvert.wire.tag.TagMessage.Register;
import io.culvert.wire.tag.TagMessage.Registered;
import io.culvert.wire.tag.TagMessage.TagList;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.InstanceOfAssertFactory;
import org.assertj.core.api.ObjectAssert;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TagServiceTest {
  private static final InetSocketAddress ANN = at("203.0.113.1", 1001);
  private static final InetSocketAddress BOB = at("203.0.113.2", 1002);
  private static final InetSocketAddress CARL = at("2001:db8::3", 1003);

  private final ServiceOnPaper paper = new ServiceOnPaper();

  @Test
  void aClientGetsATagThatPeopleCanReadAloud() {
    assertThat(paper.register(ANN)).matches("[0-9a-hjkmnp-tv-z]{7}");
    assertThat(paper.service.registered()).isEqualTo(1);
    assertThat(paper.count(TagCounter.JOINED)).isEqualTo(1);
  }

  @Test
  void theSameAddressHasTheSameTagForEver() {
    String tag = paper.register(ANN);
    assertThat(paper.register(ANN)).isEqualTo(tag);
    assertThat(paper.service.registered()).isEqualTo(1);

    paper.pass(Duration.ofHours(1));
    assertThat(paper.service.registered()).isZero();
    assertThat(paper.register(ANN)).isEqualTo(tag);
  }

  @Test
  void anotherAddressHasAnotherTagThoughOnlyThePortDiffers() {
    assertThat(paper.register(ANN))
        .isNotEqualTo(paper.register(at("203.0.113.1", 1002)))
        .isNotEqualTo(paper.register(BOB));
  }

  @Test
  void aServerWithAnotherKeyGivesOtherTags() {
    Tags tags = new Tags(TagKey.random());
    assertThat(tags.belongsTo(ANN, paper.register(ANN))).isFalse();
  }

  @Test
  void theAnswerLeavesThroughTheSocketThatWasAsked() {
    paper.receive("second", ANN, new Register(7, Optional.empty(), Optional.empty()));
    assertThat(paper.sent()).extracting(Sent::socket).containsExactly("second");
  }

  @Test
  void aTagThatIsNotHeardOfForSixtySecondsIsOffline() {
    String ann = paper.prove(ANN);
    String bob = paper.prove(BOB);
    paper.pass(Duration.ofMillis(59_999));
    paper.beat(BOB, bob);
    assertThat(paper.service.registered()).isEqualTo(2);

    paper.pass(Duration.ofMillis(1));

    assertThat(paper.service.registered()).isEqualTo(1);
    assertThat(paper.count(TagCounter.EXPIRED)).isEqualTo(1);
    assertThat(paper.ask(at("203.0.113.2", 5), new Dial(1, bob, ann, Optional.empty())).message())
        .asInstanceOf(refusal())
        .returns(Status.UNREACHABLE, refused -> refused.status().code());
  }

  @Test
  void heartbeatsKeepATagAlive() {
    String tag = paper.prove(ANN);
    for (int i = 0; i < 100; i++) {
      paper.pass(Duration.ofSeconds(20));
      paper.beat(ANN, tag);
    }
    assertThat(paper.service.registered()).isEqualTo(1);
  }

  @Test
  void registeringAgainKeepsATagAlive() {
    paper.register(ANN);
    paper.pass(Duration.ofSeconds(50));
    paper.register(ANN);
    paper.pass(Duration.ofSeconds(50));
    assertThat(paper.service.registered()).isEqualTo(1);
  }

  @Test
  void aHeartbeatWithATagOfAnotherAddressIsRefusedAndChangesNothing() {
    String ann = paper.prove(ANN);
    paper.prove(BOB);
    paper.pass(Duration.ofSeconds(30));
    for (InetSocketAddress stranger : List.of(BOB, CARL, at("203.0.113.1", 1002))) {
      Sent answer = paper.ask(stranger, new Heartbeat(5, ann));
      assertThat(answer.message())
          .isEqualTo(
              new Refused(TagMessage.Request.HEARTBEAT, 5, Status.of(202, "register again")));
    }
    assertThat(paper.count(TagCounter.UNKNOWN_TAG)).isEqualTo(3);
    paper.pass(Duration.ofSeconds(30));
    assertThat(paper.service.registered()).as("neither has been heard of").isZero();
  }

  @Test
  void aClientWhoseAddressHasChangedRegistersAnewAndHasAnotherTag() {
    String before = paper.prove(ANN);
    InetSocketAddress moved = at("203.0.113.1", 2222);
    assertThat(paper.ask(moved, new Heartbeat(5, before)).message()).isInstanceOf(Refused.class);
    assertThat(paper.prove(moved)).isNotEqualTo(before);
  }

  @Test
  void aClientThatNamesItsTagWhenItIsForgottenIsTakenForProvedWhenItRegistersAgain() {
    String ann = paper.prove(ANN);
    paper.pass(Duration.ofMinutes(5));
    assertThat(paper.ask(ANN, new Heartbeat(1, ann)).message()).isInstanceOf(Refused.class);

    assertThat(paper.register(ANN)).isEqualTo(ann);

    assertThat(paper.isProved(ANN)).isTrue();
  }

  @Test
  void suchAProofIsGoodForAMinute() {
    String ann = paper.register(ANN);
    paper.pass(Duration.ofMinutes(5));
    paper.ask(ANN, new Heartbeat(1, ann));
    paper.pass(Duration.ofSeconds(60));
    paper.register(ANN);

    assertThat(paper.isProved(ANN)).isFalse();
  }

  @Test
  void aListNamesAllOthers() {
    String ann = paper.prove(ANN);
    String bob = paper.prove(BOB);
    String carl = paper.prove(CARL);
    assertThat(paper.ask(ANN, new ListTags(3, ann)).message())
        .isEqualTo(new TagList(3, List.of(carl, bob), false));
    assertThat(paper.ask(BOB, new ListTags(3, bob)).message())
        .as("who was heard last first")
        .isEqualTo(new TagList(3, List.of(ann, carl), false));
  }

  @Test
  void aListShowsNewcomersBehindThoseThatHaveProvedThemselves() {
    String bob = paper.prove(BOB);
    String first = paper.register(at("198.51.100.1", 7777));
    String second = paper.register(CARL);
    String ann = paper.register(ANN);
    assertThat(paper.ask(ANN, new ListTags(3, ann)).message())
        .isEqualTo(new TagList(3, List.of(bob, second, first), false));
  }

  @Test
  void aListIsAProofOfItsSender() {
    String ann = paper.register(ANN);
    assertThat(paper.isProved(ANN)).isFalse();
    paper.ask(ANN, new ListTags(3, ann));
    assertThat(paper.isProved(ANN)).isTrue();
  }

  @Test
  void aListWithATagOfAnotherIsRefused() {
    String ann = paper.prove(ANN);
    assertThat(paper.ask(BOB, new ListTags(3, ann)).message())
        .isEqualTo(new Refused(TagMessage.Request.LIST, 3, Status.of(202, "register again")));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, Long.MAX_VALUE, Long.MIN_VALUE})
  void aListTakesWhatFitsIntoADatagramAndSaysThatThereAreMore(long mid) {
    String ann = paper.prove(ANN);
    for (int others = 0; others < 94; others++) {
      paper.prove(at("198.51.100.9", 2000 + others));
    }
    Sent all = paper.ask(ANN, new ListTags(mid, ann));
    assertThat((TagList) all.message()).returns(false, TagList::more);
    assertThat(((TagList) all.message()).tags()).hasSize(94).doesNotHaveDuplicates();

    paper.prove(CARL);

    Sent most = paper.ask(ANN, new ListTags(mid - 1, ann));
    assertThat(most.length()).isBetween(900, TagMessage.MAX_BYTES);
    assertThat((TagList) most.message()).returns(true, TagList::more);
    assertThat(((TagList) most.message()).tags()).hasSize(94).doesNotContain(ann);
  }

  @Test
  void tenThousandClientsAreListedAndExpire() {
    String ann = paper.prove(ANN);
    for (int i = 0; i < 10_000; i++) {
      paper.prove(at("198.51.100." + i % 250, 1000 + i));
    }
    assertThat(paper.service.registered()).isEqualTo(10_001);
    assertThat(((TagList) paper.ask(ANN, new ListTags(1, ann)).message()).more()).isTrue();

    paper.pass(Duration.ofSeconds(59));
    paper.beat(ANN, ann);
    paper.pass(Duration.ofSeconds(1));

    assertThat(paper.service.registered()).isEqualTo(1);
    assertThat(paper.count(TagCounter.EXPIRED)).isEqualTo(10_000);
    assertThat(paper.ask(ANN, new ListTags(2, ann)).message())
        .isEqualTo(new TagList(2, List.of(), false));
  }

  @Test
  void aRepeatedRequestGetsTheSameBytesAndHasNoSecondEffect() {
    String ann = paper.prove(ANN);
    String bob = paper.prove(BOB);
    paper.sent();
    InetSocketAddress punch = at("203.0.113.1", 9);
    for (TagMessage request :
        List.of(
            new Register(1, Optional.of("Ann"), Optional.empty()),
            new Heartbeat(2, ann),
            new ListTags(3, ann),
            new Dial(4, ann, bob, Optional.empty()))) {
      InetSocketAddress from = request instanceof Dial ? punch : ANN;
      Sent first = paper.ask(from, request);
      paper.prove(CARL);
      Sent second = paper.ask(from, request);
      assertThat(second.json()).isEqualTo(first.json());
    }
    assertThat(paper.count(TagCounter.REPEATED)).isEqualTo(4);
    assertThat(paper.sentTo(BOB)).as("the knock of the first dial").hasSize(1);
  }

  @Test
  void aRepeatedDialIsOneDial() {
    String ann = paper.prove(ANN);
    String bob = paper.register(BOB);
    for (int i = 0; i < 5; i++) {
      paper.receive(CARL, new Dial(4, ann, bob, Optional.empty()));
      paper.pass(Duration.ofMillis(300));
    }
    List<Sent> sent = paper.sent();
    assertThat(sent.stream().filter(s -> s.to().equals(CARL)).map(Sent::json).distinct())
        .hasSize(1);
    assertThat(sent.stream().filter(s -> s.to().equals(BOB)).map(Sent::json).distinct())
        .as("the knock, and its repetitions")
        .hasSize(1);
  }

  @Test
  void theSameNumberAtAnotherAddressIsAnotherRequest() {
    String ann = paper.prove(ANN);
    String bob = paper.prove(BOB);
    Sent first = paper.ask(at("203.0.113.1", 8), new Dial(4, ann, bob, Optional.empty()));
    Sent second = paper.ask(at("203.0.113.1", 9), new Dial(4, ann, bob, Optional.empty()));
    assertThat(((Dialing) first.message()).token())
        .isNotEqualTo(((Dialing) second.message()).token());
  }

  @Test
  void aClientThatAlwaysCountsOneIsServedAllTheSame() {
    Sent registered = paper.ask(ANN, new Register(1, Optional.empty(), Optional.empty()));
    String tag = ((Registered) registered.message()).tag();
    for (int i = 0; i < 10; i++) {
      paper.pass(Duration.ofSeconds(20));
      assertThat(paper.ask(ANN, new Heartbeat(1, tag)).message())
          .isInstanceOf(HeartbeatAccepted.class);
    }
    assertThat(paper.service.registered()).isEqualTo(1);
  }

  @Test
  void aDialWithAnUnknownOwnTagIsToldToRegister() {
    String bob = paper.prove(BOB);
    assertThat(paper.ask(ANN, new Dial(4, "nobody", bob, Optional.empty())).message())
        .asInstanceOf(refusal())
        .returns(Status.UNKNOWN, refused -> refused.status().code());
    assertThat(paper.sentTo(BOB)).isEmpty();
  }

  @Test
  void aDialToNobodyOrToOneselfIsUnreachable() {
    String ann = paper.prove(ANN);
    for (String callee : List.of("nobody", ann)) {
      assertThat(paper.ask(at("203.0.113.1", 9), new Dial(4, ann, callee, Optional.empty())))
          .extracting(Sent::message)
          .asInstanceOf(refusal())
          .returns(Status.UNREACHABLE, refused -> refused.status().code());
    }
    assertThat(paper.count(TagCounter.UNREACHABLE)).isEqualTo(2);
    assertThat(paper.sentTo(ANN)).isEmpty();
  }

  @Test
  void theCalleeIsToldWhereTheDialCameFromThroughTheSocketItIsRegisteredAt() {
    paper.receive("second", BOB, new Register(1, Optional.empty(), Optional.empty()));
    String bob = ((Registered) paper.sent().getFirst().message()).tag();
    String ann = paper.prove(ANN);
    InetSocketAddress punch = at("198.51.100.77", 4242);

    String token = paper.dial(punch, ann, bob);

    Sent knock = paper.sent().getFirst();
    assertThat(knock).returns("second", Sent::socket).returns(BOB, Sent::to);
    assertThat((Knock) knock.message())
        .returns(token, Knock::token)
        .returns(punch, Knock::caller)
        .returns(Optional.empty(), Knock::callerLan);
  }

  @Test
  void tokensAndNumbersCannotBeGuessed() {
    String ann = paper.prove(ANN);
    String bob = paper.prove(BOB);
    String first = paper.dial(at("203.0.113.1", 8), ann, bob);
    long firstMid = ((Knock) paper.sent().getFirst().message()).mid();
    String second = paper.dial(at("203.0.113.1", 9), ann, bob);
    long secondMid = ((Knock) paper.sent().getFirst().message()).mid();
    assertThat(first).hasSize(22).isNotEqualTo(second);
    assertThat(Math.abs(firstMid - secondMid)).isGreaterThan(1);
    assertThat(firstMid).isBetween(0L, 1L << 53);
  }

  @Test
  void aLanAddressThatIsNoneSpoilsNothing() {
    paper.receive(ANN, "{'t':1,'mid':1,'extra':{'lanhost':'localhost','lanport':1}}");
    assertThat(paper.sentTo(ANN)).singleElement().isInstanceOf(Registered.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "x",
        "[]",
        "{}",
        "{'t':'1','mid':1}",
        "{'t':99,'mid':1}",
        "{'t':1}",
        "{'t':1,'mid':1",
        "{'t':2,'mid':1}",
        "{'t':4,'mid':1,'ltag':'x'}"
      })
  void whatIsMalformedIsCountedAndNeverAnswered(String json) {
    paper.receive(ANN, json);
    assertThat(paper.sent()).isEmpty();
    assertThat(paper.count(TagCounter.MALFORMED)).isEqualTo(1);
    assertThat(paper.service.registered()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'t':-1,'mid':1,'extra':{'tag':'x'}}",
        "{'t':-1,'mid':1,'code':503}",
        "{'t':-2,'mid':1}",
        "{'t':-3,'mid':1,'extra':{'tags':[]}}",
        "{'t':-4,'mid':1,'extra':{'token':'x'}}",
        "{'t':10,'mid':1,'extra':{'token':'x','host':'192.0.2.1','port':1}}",
        "{'t':11,'mid':1,'token':'x','code':203}",
        "{'t':30}",
        "{'t':31,'mid':1,'token':'x'}",
        "{'t':-31,'mid':1,'token':'x'}",
        "{'t':32,'mid':1,'token':'x'}",
        "{'t':-32,'mid':1,'token':'x','code':400}"
      })
  void whatIsNotForAServerIsCountedAndNeverAnswered(String json) {
    paper.receive(ANN, json);
    assertThat(paper.sent()).isEmpty();
    assertThat(paper.count(TagCounter.OUT_OF_PLACE)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{'t':-10,'mid':1,'token':'x','code':200}", "{'t':-11,'mid':1,'token':'x'}"})
  void aReplyThatNobodyWaitsForIsCountedAndNeverAnswered(String json) {
    paper.receive(ANN, json);
    assertThat(paper.sent()).isEmpty();
    assertThat(paper.count(TagCounter.LATE)).isEqualTo(1);
  }

  @Test
  void whatComesFromPortZeroIsDropped() {
    paper.receive(at("203.0.113.1", 0), "{'t':1,'mid':1}");
    assertThat(paper.sent()).isEmpty();
    assertThat(paper.count(TagCounter.MALFORMED)).isEqualTo(1);
  }

  private static InstanceOfAssertFactory<Refused, ObjectAssert<Refused>> refusal() {
    return InstanceOfAssertFactories.type(Refused.class);
  }
}
