package io.culvert.server.tag;

import static io.culvert.server.tag.ServiceOnPaper.at;
import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.tag.ServiceOnPaper.Sent;
import io.culvert.wire.tag.Status;
import io.culvert.wire.tag.TagMessage.Heartbeat;
import io.culvert.wire.tag.TagMessage.ListTags;
import io.culvert.wire.tag.TagMessage.Refused;
import io.culvert.wire.tag.TagMessage.Register;
import io.culvert.wire.tag.TagMessage.Registered;
import io.culvert.wire.tag.TagMessage.TagList;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whoever fakes addresses cannot make the server remember more than it has room for. */
class FloodTest {
  private static final InetSocketAddress ANN = at("203.0.113.1", 1001);
  private static final InetSocketAddress BOB = at("203.0.113.2", 1002);

  private final ServiceOnPaper paper = new ServiceOnPaper();

  @Test
  void aHundredThousandFakedRegistrationsTakeABoundedRoomAndNothingFromClientsThatAreReal() {
    String ann = paper.prove(ANN);
    String bob = paper.prove(BOB);
    for (int i = 0; i < 100_000; i++) {
      paper.receive(faked(i), new Register(i, Optional.empty(), Optional.empty()));
      if (i % 10_000 == 0) {
        assertThat(paper.sent()).as("every one has its answer").isNotEmpty();
      }
    }
    paper.sent();

    assertThat(paper.service.registered()).isEqualTo(Registrations.MAX_NEWCOMERS + 2);
    assertThat(paper.count(TagCounter.EVICTED)).isEqualTo(100_000 - Registrations.MAX_NEWCOMERS);
    paper.beat(ANN, ann);
    assertThat(((TagList) paper.ask(ANN, new ListTags(1, ann)).message()).tags())
        .as("they hide nobody who is real")
        .startsWith(bob);

    paper.pass(Duration.ofSeconds(60));
    assertThat(paper.service.registered()).isZero();
  }

  @Test
  void whoLearnsTheTagsOfThoseHeFakedFromListsProvesNoMoreOfThemThanAListHasRoomFor() {
    String ann = paper.prove(ANN);
    int proved = 0;
    for (int i = 0; i < 200; i++) {
      InetSocketAddress faked = faked(i);
      paper.receive(faked, new Register(i, Optional.empty(), Optional.empty()));
      paper.sent();
      TagList list = (TagList) paper.ask(ANN, new ListTags(paper.mid(), ann)).message();
      String tag = new Tags(ServiceOnPaper.KEY).choose(faked, free -> true).orElseThrow();
      if (list.tags().contains(tag)) {
        paper.beat(faked, tag);
        proved++;
      }
    }
    assertThat(proved).isEqualTo(94);
  }

  @Test
  void aClientThatGaveWayToAFloodComesBackAsProved() {
    String ann = paper.register(ANN);
    for (int i = 0; i < 20_000; i++) {
      paper.receive(faked(i), new Register(i, Optional.empty(), Optional.empty()));
    }
    paper.sent();
    assertThat(paper.ask(ANN, new Heartbeat(1, ann)).message()).isInstanceOf(Refused.class);
    paper.register(ANN);

    for (int i = 20_000; i < 60_000; i++) {
      paper.receive(faked(i), new Register(i, Optional.empty(), Optional.empty()));
    }

    paper.beat(ANN, ann);
  }

  @Test
  void whoProvesToBeManyHasHisShareOfTheRoom() {
    for (int i = 0; i < Registrations.MAX_PROVED_PER_PARTY; i++) {
      paper.prove(at("198.51.100.1", 1 + i));
    }
    assertThat(registerCode(at("198.51.100.1", 65_000))).isEqualTo(Status.UNAVAILABLE);
    assertThat(paper.count(TagCounter.OVER_LIMIT)).isEqualTo(1);
    assertThat(registerCode(ANN)).isEqualTo(Status.OK);
    assertThat(registerCode(at("198.51.100.1", 1)))
        .as("who is in already may renew it")
        .isEqualTo(Status.OK);

    paper.pass(Duration.ofSeconds(60));
    assertThat(registerCode(at("198.51.100.1", 65_000))).isEqualTo(Status.OK);
  }

  @Test
  void newcomersThatAllProveThemselvesAtOnceStayWithinTheShare() {
    for (int i = 0; i < Registrations.MAX_PROVED_PER_PARTY - 1; i++) {
      paper.prove(at("198.51.100.1", 1 + i));
    }
    InetSocketAddress last = at("198.51.100.1", 65_000);
    InetSocketAddress surplus = at("198.51.100.1", 65_001);
    String lastTag = paper.register(last);
    String surplusTag = paper.register(surplus);
    paper.beat(last, lastTag);
    paper.beat(surplus, surplusTag);

    String ann = paper.prove(ANN);
    TagList list = (TagList) paper.ask(ANN, new ListTags(1, ann)).message();
    assertThat(list.tags()).contains(lastTag).doesNotContain(surplusTag);
  }

  @Test
  void anIpv6NetworkIsOneParty() {
    for (int i = 0; i < Registrations.MAX_PROVED_PER_PARTY; i++) {
      paper.prove(at("2001:db8:0:1::" + Integer.toHexString(i), 5));
    }
    assertThat(registerCode(at("2001:db8:0:1:ffff::1", 5))).isEqualTo(Status.UNAVAILABLE);
    assertThat(registerCode(at("2001:db8:0:2::1", 5))).isEqualTo(Status.OK);
  }

  @Test
  void theServerHasRoomForSoManyClientsAndNoMore() {
    for (int i = 0; i < Registrations.MAX_PROVED; i++) {
      paper.prove(at("198.51." + i % 200 + ".1", 1 + i / 200));
    }
    assertThat(registerCode(ANN)).isEqualTo(Status.UNAVAILABLE);
    assertThat(paper.service.registered()).isEqualTo(Registrations.MAX_PROVED);
  }

  @Test
  void repeatedNamingOfTagsOfForgottenClientsIsBounded() {
    Tags tags = new Tags(ServiceOnPaper.KEY);
    for (int i = 0; i < 40_000; i++) {
      String tag = tags.choose(faked(i), free -> true).orElseThrow();
      paper.receive(faked(i), new Heartbeat(i, tag));
    }
    paper.sent();
    paper.register(faked(0));
    paper.register(faked(39_999));
    assertThat(paper.isProved(faked(0))).as("the oldest proof is forgotten").isFalse();
    assertThat(paper.isProved(faked(39_999))).as("the latest is not").isTrue();
  }

  @Test
  void answersAreForgottenWhenThereAreTooManyOrTheyAreOld() {
    Answers answers = new Answers();
    for (int i = 0; i < 3 * Answers.CAPACITY; i++) {
      Register request = new Register(i, Optional.empty(), Optional.empty());
      answers.remember(new Answers.Asked(ANN, request, 15), new byte[50], paper.now());
    }
    assertThat(answers.size()).isEqualTo(Answers.CAPACITY);
    answers.expire(paper.now().plus(Answers.MEMORY).minusMillis(1));
    assertThat(answers.size()).isEqualTo(Answers.CAPACITY);
    answers.expire(paper.now().plus(Answers.MEMORY));
    assertThat(answers.size()).isZero();
  }

  private int registerCode(InetSocketAddress from) {
    Sent answer = paper.ask(from, new Register(paper.mid(), Optional.empty(), Optional.empty()));
    return switch (answer.message()) {
      case Registered _ -> Status.OK;
      case Refused refused -> refused.status().code();
      default -> throw new AssertionError(answer.json());
    };
  }

  private static InetSocketAddress faked(int i) {
    return at("10." + (i >> 14) + "." + (i >> 7 & 127) + "." + (i & 127), 7);
  }
}
