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
  private static final InetSocketAddress PEER = new InetSocketAddress("203.0.113.2", 40_000);
  private static final NatProfile EASY = new NatProfile(Ports.INDEPENDENT, List.of(PEER), 0);
  private static final NatProfile RANDOM = new NatProfile(Ports.RANDOM, List.of(PEER), 0);
  private static final NatProfile COUNTING = new NatProfile(Ports.SEQUENTIAL, List.of(PEER), 2);

  private final HardNatSearch search = new HardNatSearch(new Random(1));
  private Instant now = Instant.EPOCH;

  @Test
  void noMoreThanFifteenHundredPortsAreTriedAndEachOnce() {
    search.begin(EASY, RANDOM, true, now);
    List<InetSocketAddress> tried =
        all().stream()
            .filter(Action.Check.class::isInstance)
            .map(check -> ((Action.Check) check).to())
            .toList();

    assertThat(tried).hasSize(HardNatSearch.MAX_TRIES).doesNotHaveDuplicates();
  }

  @Test
  void behindARandomNatManySocketsAreOpenedTowardsOneAddress() {
    search.begin(RANDOM, EASY, true, now);
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
  void whatOpensPortsDoesNotReachThePeerBeforeItHasTriedThem() {
    search.begin(RANDOM, EASY, true, now);
    List<Integer> hops =
        all().stream()
            .filter(Action.CheckFrom.class::isInstance)
            .map(check -> ((Action.CheckFrom) check).hops())
            .toList();

    assertThat(hops.subList(0, 3 * HardNatSearch.MANY_SOCKETS))
        .containsOnly(HardNatSearch.OPENING_HOPS);
    assertThat(hops.subList(3 * HardNatSearch.MANY_SOCKETS, hops.size()))
        .isNotEmpty()
        .containsOnly(0);
  }

  @Test
  void ofANatThatCountsTheNextPortsAreTriedFirst() {
    search.begin(EASY, COUNTING, true, now);

    assertThat(search.deadlineReached(now))
        .containsExactly(new Action.Check(new InetSocketAddress("203.0.113.2", 40_002)));
  }

  @Test
  void itEndsByItselfAndIsNotRepeatedAtOnce() {
    search.begin(EASY, RANDOM, true, now);
    assertThat(all()).last().isEqualTo(new Action.CloseSockets());
    assertThat(Duration.between(Instant.EPOCH, now)).isEqualTo(HardNatSearch.PATIENCE);

    search.begin(EASY, RANDOM, true, now.plusSeconds(19));
    assertThat(search.isOn()).isFalse();
    search.begin(EASY, RANDOM, true, now.plusSeconds(20));
    assertThat(search.isOn()).isTrue();
  }

  @Test
  void whatHasComeToNothingIsRepeatedLessAndLessOften() {
    List<Long> pauses = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      now = search.notBefore().isBefore(now) ? now : search.notBefore();
      search.begin(EASY, RANDOM, true, now);
      all();
      pauses.add(Duration.between(now, search.notBefore()).toSeconds());
    }
    assertThat(pauses).containsExactly(20L, 60L, 180L, 540L, 540L);
  }

  @Test
  void allAddressesOfANatAreTried() {
    InetSocketAddress second = new InetSocketAddress("203.0.113.3", 50_000);
    search.begin(EASY, new NatProfile(Ports.RANDOM, List.of(PEER, second), 0), true, now);

    List<Action> all = all();
    for (InetSocketAddress at : List.of(PEER, second)) {
      assertThat(all)
          .filteredOn(each ->
              each instanceof Action.Check(InetSocketAddress to)
                  && to.getAddress().equals(at.getAddress()))
          .hasSize(HardNatSearch.MAX_TRIES / 2);
    }
  }

  @Test
  void nothingIsDoneWhereItWouldBeInVain() {
    search.begin(RANDOM, RANDOM, true, now);
    search.begin(EASY, EASY, true, now);
    search.begin(NatProfile.UNKNOWN, RANDOM, true, now);
    search.begin(RANDOM, NatProfile.UNKNOWN, true, now);

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
