package io.culvert.client.ice;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class SearchTurnsTest {
  private static final Instant START = Instant.EPOCH;

  private final SearchTurns turns = new SearchTurns();

  @Test
  void oneSearchesAtATime() {
    assertThat(turns.take("alice", START)).isTrue();
    assertThat(turns.take("bob", START.plusSeconds(60))).isFalse();
    assertThat(turns.take("alice", START.plusSeconds(60))).isTrue();
  }

  @Test
  void theRouterGetsARestBetweenTwoSearches() {
    turns.take("alice", START);
    turns.giveBack("alice", START.plusSeconds(5));
    assertThat(turns.take("bob", START.plusSeconds(24))).isFalse();
    assertThat(turns.take("bob", START.plusSeconds(25))).isTrue();
  }

  @Test
  void whoHasNoTurnCannotGiveItBack() {
    turns.take("alice", START);
    turns.giveBack("bob", START);
    assertThat(turns.take("bob", START.plusSeconds(60))).isFalse();
  }
}
