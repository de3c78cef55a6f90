package io.culvert.server.tcppunch;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.wire.tcppunch.TcpPunchMessage.Introduce;
import io.culvert.wire.tcppunch.TcpPunchMessage.Introduction;
import io.culvert.wire.tcppunch.TcpPunchMessage.Kind;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RendezvousTest {
  private static final InetSocketAddress LOCAL = new InetSocketAddress("192.168.1.2", 5000);
  private static final InetSocketAddress OBSERVED = new InetSocketAddress("203.0.113.7", 6000);

  private final Rendezvous rendezvous = new Rendezvous();
  private final List<Introduction> forAlice = new ArrayList<>();
  private final List<Introduction> forBob = new ArrayList<>();

  @Test
  void aClientIdBelongsToOneSessionAtATime() {
    assertThat(rendezvous.goOnline("alice", forAlice::add)).isPresent();

    assertThat(rendezvous.goOnline("alice", forBob::add)).isEmpty();

    assertThat(rendezvous.online()).isEqualTo(1);
  }

  @Test
  void aRefusedClientDoesNotGetTheMailOfTheFirst() {
    rendezvous.goOnline("alice", forAlice::add);
    rendezvous.goOnline("alice", forBob::add);
    String carol = rendezvous.goOnline("carol", introduction -> true).orElseThrow();

    assertThat(rendezvous.introduce(invite(carol, "alice"), OBSERVED)).isTrue();

    assertThat(forAlice).hasSize(1);
    assertThat(forBob).isEmpty();
  }

  @Test
  void clientIdsThatDifferInCaseAreDifferent() {
    assertThat(rendezvous.goOnline("alice", forAlice::add)).isPresent();

    assertThat(rendezvous.goOnline("Alice", forBob::add)).isPresent();
  }

  @Test
  void goingOfflineFreesTheClientId() {
    String first = rendezvous.goOnline("alice", forAlice::add).orElseThrow();

    rendezvous.goOffline(first);

    assertThat(rendezvous.online()).isZero();
    assertThat(rendezvous.goOnline("alice", forAlice::add)).isPresent().get().isNotEqualTo(first);
  }

  @Test
  void goingOfflineTwiceDoesNotHurtTheSuccessor() {
    String first = rendezvous.goOnline("alice", forAlice::add).orElseThrow();
    rendezvous.goOffline(first);
    rendezvous.goOnline("alice", forAlice::add);

    rendezvous.goOffline(first);

    assertThat(rendezvous.online()).isEqualTo(1);
    assertThat(rendezvous.goOnline("alice", forAlice::add)).isEmpty();
  }

  @Test
  void anUnknownSessionGoesOfflineWithoutAWord() {
    rendezvous.goOnline("alice", forAlice::add);

    rendezvous.goOffline("never seen");

    assertThat(rendezvous.online()).isEqualTo(1);
  }

  @Test
  void anIntroductionTellsTheTargetWhoAsksAndFromWhere() {
    String alice = rendezvous.goOnline("alice", forAlice::add).orElseThrow();
    String bob = rendezvous.goOnline("bob", forBob::add).orElseThrow();

    assertThat(rendezvous.introduce(invite(alice, "bob"), OBSERVED)).isTrue();
    assertThat(rendezvous.introduce(new Introduce(Kind.ACCEPT, OBSERVED, bob, "alice"), LOCAL))
        .isTrue();

    assertThat(forBob).containsExactly(new Introduction(Kind.INVITE, LOCAL, OBSERVED, "alice"));
    assertThat(forAlice).containsExactly(new Introduction(Kind.ACCEPT, OBSERVED, LOCAL, "bob"));
  }

  @Test
  void anUnknownSessionIsNotIntroduced() {
    rendezvous.goOnline("bob", forBob::add);

    assertThat(rendezvous.introduce(invite("guessed", "bob"), OBSERVED)).isFalse();

    assertThat(forBob).isEmpty();
  }

  @Test
  void aClientIdIsNoSessionId() {
    rendezvous.goOnline("alice", forAlice::add);
    rendezvous.goOnline("bob", forBob::add);

    assertThat(rendezvous.introduce(invite("alice", "bob"), OBSERVED)).isFalse();

    assertThat(forBob).isEmpty();
  }

  @Test
  void aSessionThatHasEndedIsNotIntroduced() {
    String alice = rendezvous.goOnline("alice", forAlice::add).orElseThrow();
    rendezvous.goOnline("bob", forBob::add);
    rendezvous.goOffline(alice);

    assertThat(rendezvous.introduce(invite(alice, "bob"), OBSERVED)).isFalse();

    assertThat(forBob).isEmpty();
  }

  @Test
  void nobodyIsIntroducedToSomebodyWhoIsNotOnline() {
    String alice = rendezvous.goOnline("alice", forAlice::add).orElseThrow();
    String bob = rendezvous.goOnline("bob", forBob::add).orElseThrow();
    rendezvous.goOffline(bob);

    assertThat(rendezvous.introduce(invite(alice, "bob"), OBSERVED)).isFalse();

    assertThat(forBob).isEmpty();
  }

  @Test
  void nobodyIsIntroducedToThemselves() {
    String alice = rendezvous.goOnline("alice", forAlice::add).orElseThrow();

    assertThat(rendezvous.introduce(invite(alice, "alice"), OBSERVED)).isFalse();

    assertThat(forAlice).isEmpty();
  }

  @Test
  void aTargetWithAFullMailboxIsAsGoodAsOffline() {
    String alice = rendezvous.goOnline("alice", forAlice::add).orElseThrow();
    rendezvous.goOnline("bob", introduction -> false);

    assertThat(rendezvous.introduce(invite(alice, "bob"), OBSERVED)).isFalse();
  }

  @Test
  void anIpv6SourceCannotBeIntroduced() {
    String alice = rendezvous.goOnline("alice", forAlice::add).orElseThrow();
    rendezvous.goOnline("bob", forBob::add);

    assertThat(
            rendezvous.introduce(invite(alice, "bob"), new InetSocketAddress("2001:db8::1", 6000)))
        .isFalse();

    assertThat(forBob).isEmpty();
  }

  @Test
  void sessionIdsCarryAtLeast128BitsAndNeverRepeat() {
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < 1000; i++) {
      ids.add(rendezvous.goOnline("client " + i, introduction -> true).orElseThrow());
    }

    assertThat(ids).hasSize(1000).allMatch(id -> id.matches("[0-9a-f]{32,255}"));
    for (int digit = 0; digit < 32; digit++) {
      int at = digit;
      assertThat(ids.stream().map(id -> id.charAt(at)).distinct())
          .as("values of digit %d", at)
          .hasSize(16);
    }
  }

  private static Introduce invite(String sessionId, String peerId) {
    return new Introduce(Kind.INVITE, LOCAL, sessionId, peerId);
  }
}
