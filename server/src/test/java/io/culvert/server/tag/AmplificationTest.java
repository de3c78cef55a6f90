package io.culvert.server.tag;

import static io.culvert.server.tag.ServiceOnPaper.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.tag.ServiceOnPaper.Sent;
import io.culvert.wire.tag.Status;
import io.culvert.wire.tag.TagMessage.Answer;
import io.culvert.wire.tag.TagMessage.Dial;
import io.culvert.wire.tag.TagMessage.Dialing;
import io.culvert.wire.tag.TagMessage.Knock;
import io.culvert.wire.tag.TagMessage.KnockAnswer;
import io.culvert.wire.tag.TagMessage.TagList;
import io.netty.buffer.Unpooled;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whoever fakes an address cannot make the server throw much at it: a datagram for each of his,
 * twice as long at most, and beyond that what the {@link Allowance} has.
 */
class AmplificationTest {
  private static final InetSocketAddress VICTIM = at("255.255.255.254", 65_535);
  private static final InetSocketAddress VICTIM_6 =
      at("2001:db8:1111:2222:3333:4444:5555:6666", 65_535);
  private static final InetSocketAddress ACCOMPLICE = at("198.51.100.1", 1);

  private final ServiceOnPaper paper = new ServiceOnPaper();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'t':1,'mid':1700000000000}",
        "{'t':1,'mid':-9223372036854775808}",
        "{'t':1,'mid':1,'usn':'a name of some length'}",
        "{'t':1,'mid':1,'extra':{'lanhost':'10.0.0.1','lanport':1}}",
        "{'t':2,'mid':1,'tag':'x'}",
        "{'t':2,'mid':-9223372036854775808,'tag':'xxxxxxx'}",
        "{'t':3,'mid':1,'tag':'x'}",
        "{'t':3,'mid':1700000000000,'tag':'xxxxxxx'}",
        "{'t':4,'mid':1,'ltag':'x','rtag':'y'}",
        "{'t':4,'mid':1,'ltag':'ACCOMPLICE','rtag':'y'}",
        "{'t':4,'mid':1,'ltag':'ACCOMPLICE','rtag':'ACCOMPLICE'}",
        "{'t':4,'mid':1,'ltag':'x','extra':{'rtag':'ACCOMPLICE'}}",
        "{'t':4,'mid':1,'ltag':'ACCOMPLICE','extra':{'rtag':'SECOND'}}"
      })
  void anAnswerToAStrangerIsAtMostTwiceAsLongAsWhatWasSentInHisName(String request) {
    String json = withTags(request);
    for (InetSocketAddress victim : List.of(VICTIM, VICTIM_6)) {
      assertThat(answer(victim, json).length()).as(json).isLessThanOrEqualTo(2 * json.length());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{'t':1,'mid':1}", "{'t':1,'mid':123456789012}"})
  void aRegisterRequestThatIsTooShortForThatGetsAtMostAPacketOfTwiceItsLength(String request) {
    String json = withTags(request);
    for (InetSocketAddress victim : List.of(VICTIM, VICTIM_6)) {
      Sent answer = answer(victim, json);
      assertThat(answer.json()).doesNotContain("code");
      assertThat(packet(answer)).isLessThanOrEqualTo(2 * packet(victim, json.length()));
    }
  }

  @Test
  void whoHasProvedItselfGetsTheCodeThatOldPeersExpect() {
    paper.prove(VICTIM);
    assertThat(answer(VICTIM, "{\"t\":1,\"mid\":1}").json()).contains("\"code\":200");
  }

  @Test
  void aRepeatedRequestIsNotWorthMoreThanTheFirst() {
    String json = "{\"t\":1,\"mid\":1}";
    String padded = json.replace("}", ",\"x\":\"" + "x".repeat(500) + "\"}");
    assertThat(answer(VICTIM, padded).json()).contains("\"code\":200");
    assertThat(packet(answer(VICTIM, json))).isLessThanOrEqualTo(2 * packet(VICTIM, json.length()));
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void aFakedRegistrationIsKnockedAtForADialThatIsHalfAsLong(boolean lan) {
    for (InetSocketAddress victim : List.of(VICTIM, VICTIM_6)) {
      InetSocketAddress caller = at(victim.getAddress().getHostAddress(), 65_534);
      String callee = paper.register(victim);
      String own = paper.register(caller);
      String json = dial(own, callee, lan);
      paper.sent();

      receive(caller, json);
      paper.pass(Duration.ofSeconds(20));

      List<Sent> knocks = paper.sent().stream().filter(s -> s.to().equals(victim)).toList();
      assertThat(knocks).hasSize(5).allMatch(s -> s.message() instanceof Knock);
      assertThat(knocks).extracting(Sent::json).containsOnly(knocks.getFirst().json());
      assertThat(packet(knocks.getFirst())).isLessThanOrEqualTo(2 * packet(victim, json.length()));
      if (victim.equals(VICTIM)) {
        assertThat(knocks.getFirst().length()).isLessThanOrEqualTo(2 * json.length());
      }
    }
  }

  @Test
  void aLanAddressThatWouldMakeAKnockTooLongIsLeftOut() {
    String callee = paper.register(VICTIM);
    InetSocketAddress caller = at("255.255.255.254", 60_000);
    String own = paper.register(caller, Optional.of(at("192.168.100.100", 60_000)));
    String json = dial(own, callee, false);
    paper.sent();

    receive(caller, json);

    Sent knock = paper.sent().stream().filter(s -> s.to().equals(VICTIM)).findFirst().orElseThrow();
    assertThat(knock.length()).isLessThanOrEqualTo(2 * json.length());
    assertThat(((Knock) knock.message()).callerLan()).isEmpty();
  }

  @Test
  void aFakedCallerIsToldForAnAnswerThatIsHalfAsLong() {
    for (InetSocketAddress victim : List.of(VICTIM, VICTIM_6)) {
      String callee = paper.prove(ACCOMPLICE);
      String caller = paper.prove(at("198.51.100.1", 2));
      paper.sent();
      paper.receive(victim, new Dial(paper.mid(), caller, callee, Optional.empty()));
      Knock knock = (Knock) paper.sentTo(ACCOMPLICE).getFirst();
      String json = "{\"t\":-10,\"mid\":%d,\"token\":\"%s\"}".formatted(knock.mid(), knock.token());
      InetSocketAddress punch = victim.equals(VICTIM) ? at("198.51.100.111", 55_555) : VICTIM_6;

      receive(punch, json);
      paper.pass(Duration.ofSeconds(20));

      List<Sent> told = paper.sent().stream().filter(s -> s.to().equals(victim)).toList();
      assertThat(told).hasSize(5);
      assertThat(told).extracting(Sent::json).containsOnly(told.getFirst().json());
      assertThat(packet(told.getFirst())).isLessThanOrEqualTo(2 * packet(victim, json.length()));
      if (victim.equals(VICTIM)) {
        assertThat(told.getFirst().length()).isLessThanOrEqualTo(2 * json.length());
      }
    }
  }

  @Test
  void aReasonThatACalleeGivesCostsItAsMuchAsItCostsTheCaller() {
    String callee = paper.prove(ACCOMPLICE);
    String caller = paper.prove(at("198.51.100.1", 2));
    Sent dialing = paper.ask(VICTIM, new Dial(1, caller, callee, Optional.empty()));
    Knock knock = (Knock) paper.sentTo(ACCOMPLICE).getFirst();
    assertThat(((Dialing) dialing.message()).token()).isEqualTo(knock.token());
    String json =
        "{\"t\":-10,\"mid\":%d,\"token\":\"%s\",\"code\":1,\"em\":\"%s\"}"
            .formatted(knock.mid(), knock.token(), "x".repeat(200));

    receive(at("198.51.100.9", 9), json);

    assertThat(paper.sent())
        .singleElement()
        .satisfies(s -> assertThat(s.length()).isLessThanOrEqualTo(2 * json.length()));
  }

  @Test
  void nobodyButTheReceiverOfAKnockCanProveItsAddress() {
    String callee = paper.register(VICTIM);
    String caller = paper.prove(ACCOMPLICE);
    String token = paper.dial(ACCOMPLICE, caller, callee);
    for (long mid = 0; mid < 100; mid++) {
      paper.receive(
          VICTIM, new KnockAnswer(mid, token, Status.ok(), OptionalInt.empty(), Optional.empty()));
    }
    assertThat(paper.isProved(VICTIM)).isFalse();
  }

  @Test
  void inAMinuteAnAddressIsRepeatedToAsOftenAsItsAllowanceSays() {
    paper.prove(ACCOMPLICE);
    int told = 0;
    for (int i = 0; i < 3; i++) {
      fakeDials(VICTIM, 200);
      told += told(VICTIM).size();
    }
    assertThat(told).isEqualTo(3 * 200 + Allowance.PER_PARTY);

    fakeDials(VICTIM, 200);
    assertThat(told(VICTIM)).as("once each").hasSize(200);

    fakeDials(VICTIM_6, 10);
    assertThat(told(VICTIM_6)).as("others have theirs").hasSize(50);

    paper.pass(Duration.ofMinutes(1));
    fakeDials(VICTIM, 200);
    assertThat(told(VICTIM)).hasSize(5 * 200);
  }

  @Test
  void aListBeyondTheAllowanceIsAtMostTwiceAsLongAsItsRequest() {
    String tag = paper.prove(VICTIM);
    for (int i = 0; i < 94; i++) {
      paper.prove(at("198.51.100.2", 1 + i));
    }
    for (int i = 0; i < Allowance.PER_PARTY / 2; i++) {
      String json = list(tag, i);
      assertThat(((TagList) answer(VICTIM, json).message()).tags()).hasSize(94);
      assertThat(answer(VICTIM, json).length()).as("a repeated one counts, too").isGreaterThan(900);
    }

    for (int i = 0; i < Allowance.PER_PARTY / 2 + 1; i++) {
      String json = list(tag, i);
      for (int times = 0; times < 2; times++) {
        Sent answer = answer(VICTIM, json);
        assertThat(answer.length()).isLessThanOrEqualTo(2 * json.length());
        assertThat(((TagList) answer.message()).more()).isTrue();
      }
    }

    paper.pass(Duration.ofSeconds(59));
    paper.beat(VICTIM, tag);
    paper.pass(Duration.ofSeconds(1));
    paper.prove(ACCOMPLICE);
    assertThat(((TagList) answer(VICTIM, list(tag, 1)).message()).tags()).hasSize(1);
  }

  @Test
  void aListThatIsNotTwiceAsLongAsItsRequestTakesNothingFromTheAllowance() {
    String tag = paper.prove(VICTIM);
    String other = paper.prove(ACCOMPLICE);
    String json = list(tag, 1).replace("}", ",\"x\":\"" + "x".repeat(20) + "\"}");
    for (int i = 0; i < 2 * Allowance.PER_PARTY; i++) {
      Sent answer = answer(VICTIM, json.replace("\"mid\":1", "\"mid\":" + (100 + i)));
      assertThat(((TagList) answer.message()).tags()).containsExactly(other);
    }
    assertThat(answer(VICTIM, list(tag, 7)).length()).isGreaterThan(2 * list(tag, 7).length());
  }

  private String withTags(String request) {
    return request
        .replace("ACCOMPLICE", paper.prove(ACCOMPLICE))
        .replace("SECOND", paper.prove(at("198.51.100.2", 2)))
        .replace('\'', '"');
  }

  /** Dials from ports of the victim's address, until all is over; nobody answers. */
  private void fakeDials(InetSocketAddress victim, int dials) {
    String caller = paper.register(ACCOMPLICE);
    for (int i = 0; i < dials; i++) {
      String callee = paper.register(at("198.51.100." + (2 + i), 9));
      paper.receive(
          at(victim.getAddress().getHostAddress(), 10_000 + i),
          new Dial(paper.mid(), caller, callee, Optional.empty()));
    }
    paper.pass(Duration.ofSeconds(12));
  }

  private List<Answer> told(InetSocketAddress victim) {
    return paper.sent().stream()
        .filter(s -> s.to().getAddress().equals(victim.getAddress()))
        .map(Sent::message)
        .filter(Answer.class::isInstance)
        .map(Answer.class::cast)
        .toList();
  }

  private static String list(String tag, long mid) {
    return "{\"t\":3,\"mid\":%d,\"tag\":\"%s\"}".formatted(mid, tag);
  }

  private static String dial(String caller, String callee, boolean lan) {
    return "{\"t\":4,\"mid\":1,\"ltag\":\"%s\",\"extra\":{\"rtag\":\"%s\"%s}}"
        .formatted(caller, callee, lan ? ",\"lanhost\":\"192.168.100.100\",\"lanport\":55555" : "");
  }

  private Sent answer(InetSocketAddress from, String json) {
    paper.sent();
    receive(from, json);
    List<Sent> answers = paper.sent().stream().filter(s -> s.to().equals(from)).toList();
    assertThat(answers).hasSize(1);
    return answers.getFirst();
  }

  private void receive(InetSocketAddress from, String json) {
    paper.receive("main", from, Unpooled.copiedBuffer(json, StandardCharsets.UTF_8));
  }

  private static int packet(Sent sent) {
    return packet(sent.to(), sent.length());
  }

  /** The length of the IP packet with such a datagram in it. */
  private static int packet(InetSocketAddress peer, int datagram) {
    return datagram + (peer.getAddress() instanceof Inet4Address ? 20 : 40) + 8;
  }
}
