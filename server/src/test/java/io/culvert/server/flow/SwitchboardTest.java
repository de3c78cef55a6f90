package io.culvert.server.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.server.flow.Switchboard.Client;
import io.culvert.wire.flow.FlowMessage;
import io.culvert.wire.flow.FlowMessage.Failure;
import io.culvert.wire.flow.FlowMessage.Relay;
import io.culvert.wire.flow.FlowMessage.Relay.Kind;
import io.culvert.wire.flow.FlowMessage.Replaced;
import io.culvert.wire.flow.Head;
import io.culvert.wire.json.Json;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SwitchboardTest {
  private static final Failure DEAD = new Failure(Head.EMPTY, 0, "dead");

  private final Switchboard switchboard = new Switchboard(new Random(1));
  private final Phone alice = new Phone("alice");
  private final Phone bob = new Phone("bob");

  /** A line that remembers what it was told. */
  private final class Phone implements Line {
    final Client client;
    final List<Object> heard = new ArrayList<>();
    Delivery delivery = Delivery.DELIVERED;

    Phone(String account) {
      client = switchboard.bind(account, "token of " + account, this);
    }

    @Override
    public Delivery deliver(FlowMessage message) {
      if (delivery == Delivery.DELIVERED) {
        heard.add(message);
      }
      return delivery;
    }

    @Override
    public void hangUp(FlowMessage lastWord, FlowCounter why) {
      heard.add(why);
      heard.add(lastWord);
    }

    Delivery say(Kind kind, String peer) {
      return switchboard.relay(client, signal(kind, client.account(), peer, "token"));
    }
  }

  private static Relay signal(Kind kind, String from, String to, String token) {
    return new Relay(
        Head.numbered(token, 1), kind, true, to, from, Json.object().put("anything", 1));
  }

  private static String end(String gone, String partner) {
    return "{\"peerAccount\":\"%s\",\"myAccount\":\"%s\",\"bizType\":4096,\"endMode\":0}"
        .formatted(gone, partner);
  }

  @Test
  void aSignalArrivesWithoutTheToken() {
    assertThat(alice.say(Kind.CALL, "bob")).isEqualTo(Delivery.DELIVERED);

    assertThat(bob.heard)
        .containsExactly(
            new Relay(
                Head.numbered("", 1),
                Kind.CALL,
                false,
                "bob",
                "alice",
                Json.object().put("anything", 1)));
    assertThat(alice.heard).isEmpty();
  }

  @Test
  void nobodyIsOnlineWhoWasNeverBoundOrIsNoMore() {
    assertThat(alice.say(Kind.CALL, "carol")).isEqualTo(Delivery.OFFLINE);
    assertThat(switchboard.startSession(alice.client, "carol")).isEmpty();

    switchboard.unbind(bob.client);

    assertThat(alice.say(Kind.CALL, "bob")).isEqualTo(Delivery.OFFLINE);
    assertThat(switchboard.startSession(alice.client, "bob")).isEmpty();
    assertThat(switchboard.online()).isEqualTo(1);
  }

  @Test
  void nobodyCallsHimself() {
    assertThat(switchboard.startSession(alice.client, "alice")).isEmpty();
    assertThat(alice.say(Kind.CALL, "alice")).isEqualTo(Delivery.OFFLINE);
    assertThat(switchboard.calls()).isZero();
  }

  @Test
  void pairsOfNumbersNeverOverlap() {
    Set<Long> used = new HashSet<>();
    for (int i = 0; i < 10_000; i++) {
      long session = switchboard.startSession(alice.client, "bob").orElseThrow();
      assertThat(session).isBetween(1L, Integer.MAX_VALUE - 1L);
      assertThat(used.add(session)).isTrue();
      assertThat(used.add(session + 1)).isTrue();
    }
  }

  @Test
  void numbersBeginAgainWhereTheyEnd() {
    long last = (1L << 30) - 1;
    Switchboard near =
        new Switchboard(
            new Random() {
              @Override
              public long nextLong(long bound) {
                return bound - 1;
              }
            });
    Client caller = near.bind("alice", "token", alice);
    near.bind("bob", "token", bob);
    assertThat(near.startSession(caller, "bob")).hasValue(2 * last);
    assertThat(near.startSession(caller, "bob")).hasValue(2);
    assertThat(2 * last + 1).isEqualTo(Integer.MAX_VALUE);
  }

  @Test
  void aNewerConnectionReplacesTheOlder() {
    Phone newer = new Phone("bob");

    assertThat(bob.heard)
        .containsExactly(FlowCounter.REPLACED, new Replaced(Head.EMPTY, "replaced"));
    assertThat(switchboard.online()).isEqualTo(2);
    alice.say(Kind.CALL, "bob");
    assertThat(newer.heard).hasSize(1);

    switchboard.unbind(bob.client);
    assertThat(switchboard.startSession(alice.client, "bob")).isPresent();
  }

  @Test
  void anotherTokenOnTheSameConnectionReplacesNobody() {
    Client again = switchboard.bind("bob", "another token", bob);

    assertThat(bob.heard).isEmpty();
    assertThat(again.token()).isEqualTo("another token");
    assertThat(switchboard.online()).isEqualTo(2);
  }

  @Test
  void aReplacedConnectionsCallsGoOn() {
    alice.say(Kind.CALL, "bob");
    Phone newer = new Phone("bob");
    switchboard.unbind(bob.client);
    assertThat(alice.heard).isEmpty();

    switchboard.unbind(newer.client);

    assertThat(alice.heard).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"CALL", "ANSWER"})
  void whoRingsOrTalksIsToldWhenTheOtherIsGone(Kind last) {
    alice.say(Kind.CALL, "bob");
    if (last == Kind.ANSWER) {
      bob.say(Kind.ANSWER, "alice");
      alice.heard.clear();
    }
    bob.heard.clear();

    switchboard.unbind(alice.client);

    assertThat(bob.heard).hasSize(1);
    assertThat((Relay) bob.heard.getFirst())
        .satisfies(end -> {
          assertThat(end.kind()).isEqualTo(Kind.END);
          assertThat(end.head()).isEqualTo(Head.EMPTY);
          assertThat(end.oldForm()).isFalse();
          assertThat(end.peerAccount()).isEqualTo("bob");
          assertThat(end.myAccount()).isEqualTo("alice");
          assertThat(end.data()).hasToString(end("alice", "bob"));
        });
    assertThat(switchboard.calls()).isZero();
  }

  @Test
  void theCallerIsToldToo() {
    alice.say(Kind.CALL, "bob");

    switchboard.unbind(bob.client);

    assertThat((Relay) alice.heard.getFirst())
        .satisfies(end -> assertThat(end.data()).hasToString(end("bob", "alice")));
  }

  @Test
  void whoHasHungUpIsToldNothing() {
    alice.say(Kind.CALL, "bob");
    bob.say(Kind.ANSWER, "alice");
    bob.say(Kind.END, "alice");
    alice.heard.clear();
    bob.heard.clear();

    switchboard.unbind(alice.client);

    assertThat(bob.heard).isEmpty();
  }

  @Test
  void anEndThatFindsNobodyIsAnEndAllTheSame() {
    alice.say(Kind.CALL, "bob");
    bob.delivery = Delivery.TOO_SLOW;
    assertThat(alice.say(Kind.END, "bob")).isEqualTo(Delivery.TOO_SLOW);

    assertThat(switchboard.calls()).isZero();
  }

  @ParameterizedTest
  @EnumSource(names = {"TOO_SLOW", "TOO_LONG"})
  void aCallThatDoesNotArriveIsNone(Delivery delivery) {
    bob.delivery = delivery;

    assertThat(alice.say(Kind.CALL, "bob")).isEqualTo(delivery);

    assertThat(switchboard.calls()).isZero();
  }

  @Test
  void aDeadTokenEndsWhatItHasBound() {
    alice.say(Kind.CALL, "bob");
    bob.heard.clear();

    switchboard.revoke("bob", "token of bob", "dead");

    assertThat(bob.heard).containsExactly(FlowCounter.REVOKED, DEAD);
    assertThat(switchboard.online()).isEqualTo(1);
    assertThat(alice.heard).hasSize(1);
  }

  @Test
  void aDeadTokenThatBindsNothingEndsNothing() {
    switchboard.revoke("bob", "another token", "dead");
    switchboard.revoke("carol", "token of carol", "dead");

    assertThat(bob.heard).isEmpty();
    assertThat(switchboard.online()).isEqualTo(2);
  }
}
