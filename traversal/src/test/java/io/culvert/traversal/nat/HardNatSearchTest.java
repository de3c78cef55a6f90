package io.culvert.traversal.nat;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.traversal.nat.HardNatSearch.Action;
import io.culvert.traversal.nat.NatProfile.Ports;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What a search costs the routers; how often it succeeds is shown in the simulated internet. */
class HardNatSearchTest {
  private static final NatProfile EASY = new NatProfile(Ports.INDEPENDENT, 40_000, 0);
  private static final NatProfile RANDOM = new NatProfile(Ports.RANDOM, 40_000, 0);
  private static final NatProfile COUNTING = new NatProfile(Ports.SEQUENTIAL, 40_000, 2);
  private static final InetSocketAddress PEER = new InetSocketAddress("203.0.113.2", 40_000);

  private final HardNatSearch search = new HardNatSearch(new Random(1));
  private Instant now = Instant.EPOCH;

  @Test
  void noMoreThanFifteenHundredPortsAreTriedAndEachOnce() {
    search.begin(EASY, RANDOM, PEER, true, now);
    List<InetSocketAddress> tried =
        all().stream()
            .filter(Action.Check.class::isInstance)
            .map(check -> ((Action.Check) check).to())
            .toList();

    assertThat(tried).hasSize(HardNatSearch.MAX_TRIES).doesNotHaveDuplicates();
  }

  @Test
  void behindARandomNatManySocketsAreOpenedTowardsOneAddress() {
    search.begin(RANDOM, EASY, PEER, true, now);
    List<Action.CheckFrom> checks =
        all().stream()
            .filter(Action.CheckFrom.class::isInstance)
            .map(Action.CheckFrom.class::cast)
            .toList();

    assertThat(checks).extracting(Action.CheckFrom::to).containsOnly(PEER);
    assertThat(checks.stream().map(Action.CheckFrom::socket).distinct())
        .hasSize(HardNatSearch.MANY_SOCKETS);
  }

  @Test
  void ofANatThatCountsTheNextPortsAreTriedFirst() {
    search.begin(EASY, COUNTING, PEER, true, now);

    assertThat(search.deadlineReached(now))
        .containsExactly(new Action.Check(new InetSocketAddress("203.0.113.2", 40_002)));
  }

  @Test
  void itEndsByItselfAndIsNotRepeatedAtOnce() {
    search.begin(EASY, RANDOM, PEER, true, now);
    assertThat(all()).last().isEqualTo(new Action.CloseSockets());
    assertThat(Duration.between(Instant.EPOCH, now)).isEqualTo(HardNatSearch.PATIENCE);

    search.begin(EASY, RANDOM, PEER, true, now.plusSeconds(19));
    assertThat(search.isOn()).isFalse();
    search.begin(EASY, RANDOM, PEER, true, now.plusSeconds(20));
    assertThat(search.isOn()).isTrue();
  }

  @Test
  void nothingIsDoneWhereItWouldBeInVain() {
    search.begin(RANDOM, RANDOM, PEER, true, now);
    search.begin(EASY, EASY, PEER, true, now);

    assertThat(search.nextDeadline()).isEmpty();
  }

  /** All that is done until the end. */
  private List<Action> all() {
    List<Action> actions = new ArrayList<>();
    while (search.isOn()) {
      now = search.nextDeadline().orElseThrow();
      actions.addAll(search.deadlineReached(now));
    }
    return actions;
  }
}
