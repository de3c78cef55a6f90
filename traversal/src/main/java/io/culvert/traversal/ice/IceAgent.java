package io.culvert.traversal.ice;

import io.culvert.traversal.Path;
import io.culvert.traversal.ice.Transactions.Transaction;
import io.culvert.traversal.tcp.DialError;
import io.culvert.wire.MalformedMessageException;
import io.culvert.wire.ice.CandidateType;
import io.culvert.wire.ice.IceCandidate;
import io.culvert.wire.ice.TcpType;
import io.culvert.wire.stun.IceAttribute.IceControlled;
import io.culvert.wire.stun.IceAttribute.IceControlling;
import io.culvert.wire.stun.IceAttribute.Priority;
import io.culvert.wire.stun.IceAttribute.UseCandidate;
import io.culvert.wire.stun.StunAttribute.ErrorCode;
import io.culvert.wire.stun.StunAttribute.XorMappedAddress;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunCodec;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TransactionId;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One end of ICE: tell it what happened, do what it answers. Every way to the peer is checked; the
 * best one that works is selected for data, the others are kept for when it fails.
 *
 * <p>Not thread-safe; owns no socket and no clock.
 */
public final class IceAgent {
  /** How many checks go out at once before pacing begins. */
  static final int BURST = 10;

  /** Between two checks after that: as ICE stacks do it, well above RFC 8445's least of 5 ms. */
  static final Duration PACE = Duration.ofMillis(20);

  /** RFC 7675 §5.1: 5 s, 80 to 120 % of it. */
  private static final Duration CONSENT_CHECK = Duration.ofSeconds(5);

  /** RFC 7675 §5.1: who does not answer for so long is not sent anything any more. */
  static final Duration CONSENT = Duration.ofSeconds(30);

  /** For so long an answer is proof enough. */
  private static final Duration STILL_THERE = Duration.ofMillis(500);

  /** So many checks in a row take 0.5 s at least. */
  private static final int ENOUGH_ASKED = 6;

  /** Checks from addresses that came before it was known whom to check back. */
  private static final int MAX_EARLY = 16;

  /** What happened. */
  public sealed interface Event {
    /** Datagrams can be sent from here from now on. */
    record BaseOpened(Base base) implements Event {}

    /** They cannot any more. */
    record BaseClosed(Base base) implements Event {}

    /** The peer has said who it is; when it says so again, it has begun anew. */
    record PeerKnown(IceCredentials peer) implements Event {}

    /** The peer has said where it may be. */
    record PeerCandidate(IceCandidate candidate) implements Event {}

    /** The network is another one, or nothing was done for a while: what worked may not work. */
    record Doubted() implements Event {}

    /** Connections of TCP can be opened from here, in that family and of that kind (RFC 6544). */
    record DialsPossible(TcpType type, boolean ipv4) implements Event {}

    /** They cannot any more; what has come of them stays. */
    record DialsOver(TcpType type) implements Event {}

    /** No connection has come of {@link Action.Dial}; or else a base of TCP would be open. */
    record DialFailed(InetSocketAddress to, DialError why) implements Event {}

    /** {@link #nextDeadline} has come. */
    record DeadlineReached() implements Event {}
  }

  /** What to do now. */
  public sealed interface Action {
    /** Send this. */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares actions
    record Send(CandidatePair way, byte[] datagram) implements Action {}

    /**
     * The peer has been heard on this way, which is not known yet to work in the other direction,
     * and there is none that is: what cannot wait may take it.
     */
    record Heard(CandidatePair way) implements Action {}

    /** Send this so that it opens our NAT and dies behind so many routers, before the peer's. */
    @SuppressWarnings("ArrayRecordComponent") // nobody compares actions
    record Open(CandidatePair way, byte[] datagram, int hops) implements Action {}

    /** Open a connection of TCP to there, as that kind of candidate (RFC 6544 §7.1). */
    record Dial(TcpType as, InetSocketAddress to) implements Action {}

    /** Give up the dial to there that is under way; to be answered by nothing. */
    record AbandonDial(InetSocketAddress to) implements Action {}

    /** The peer's relay has seen us there: so does the Internet, or what is in front of us. */
    record Seen(CandidatePair way, InetSocketAddress mapped) implements Action {}

    /** From now on data are sent on this way. */
    record Selected(CandidatePair way) implements Action {}

    /** What was sent on the way that is selected stays without a word. */
    record Doubted() implements Action {}

    /** Nothing has answered in time; should something do so later, it will be selected. */
    record Failed() implements Action {}

    /** No way is left that works; the search has begun again. */
    record Lost() implements Action {}
  }

  /**
   * What is known of a pair.
   *
   * @param roundTrip null when it does not work
   */
  public record PairState(
      CandidatePair pair,
      Path path,
      int sent,
      int answered,
      @Nullable Duration roundTrip,
      boolean nominated) {}

  private record Early(CandidatePair pair, long priority) {}

  private final Checks checks;
  private final RandomGenerator random;
  private final long tieBreaker;
  private final CheckList pairs;
  private final Dials dials;
  private final Transactions transactions = new Transactions();
  private final List<Early> early = new ArrayList<>();
  private final List<Action> actions = new ArrayList<>();
  private final PathChoice choice = new PathChoice();
  private final Pacer pacer;
  private final Search search = new Search();
  private Liveness liveness = new Liveness();

  /** One for all guesses, for they are too many to be told apart. */
  private @Nullable TransactionId guess;

  /**
   * An agent that knows nobody yet.
   *
   * @param ours what the peer is told
   * @param random fit for secrets
   */
  public IceAgent(Role role, IceCredentials ours, RandomGenerator random, Instant now) {
    this.pairs = new CheckList(role);
    this.checks = new Checks(ours);
    this.random = random;
    this.tieBreaker = random.nextLong();
    this.pacer = new Pacer(BURST, PACE, now);
    this.dials = new Dials(now);
  }

  /** Takes in what happened and answers what to do, in order. */
  public List<Action> on(Event event, Instant now) {
    actions.clear();
    switch (event) {
      case Event.BaseOpened(Base base) -> opened(base, now);
      case Event.BaseClosed(Base base) -> closed(base, now);
      case Event.PeerKnown(IceCredentials peer) -> known(peer, now);
      case Event.PeerCandidate(IceCandidate candidate) -> found(candidate, now);
      case Event.Doubted() -> {
        doubted(now);
        search(now);
      }
      case Event.DialsPossible(TcpType type, boolean ipv4) ->
          searchIf(dials.possible(type, ipv4, now), now);
      case Event.DialsOver(TcpType type) -> dials.over(type);
      case Event.DialFailed(InetSocketAddress to, DialError why) -> dials.failed(to, why, now);
      case Event.DeadlineReached() -> {} // whatever is due is done below
    }
    return settle(now);
  }

  /**
   * A datagram has come that looks like STUN.
   *
   * @return what to do; nothing when it is not for this agent
   */
  public List<Action> received(Base base, InetSocketAddress from, ByteBuf datagram, Instant now) {
    actions.clear();
    CandidatePair way = new CandidatePair(base, from);
    try {
      StunMessage message = StunCodec.decode(datagram);
      if (message.method() == StunMessage.BINDING) {
        switch (message.messageClass()) {
          case REQUEST -> asked(message, way, datagram, now);
          case SUCCESS -> succeeded(message, way, datagram, now);
          case ERROR -> refused(message, way, datagram, now);
          case INDICATION -> {} // keeps routers' memory alive, and nothing else (RFC 8445 §11)
        }
      }
    } catch (MalformedMessageException e) {
      return List.of(); // a stranger's: the peer would have made it right
    }
    return settle(now);
  }

  /** Whether that is a check of the peer's: nobody else knows the password that it is made with. */
  public boolean isPeers(ByteBuf datagram) {
    try {
      StunMessage message = StunCodec.decode(datagram);
      return message.method() == StunMessage.BINDING
          && message.messageClass() == StunClass.REQUEST
          && checks.isPeers(message, datagram);
    } catch (MalformedMessageException e) {
      return false;
    }
  }

  /**
   * A check of an address where the peer may be by chance, which is not remembered unless it is
   * answered. Only when the peer is known.
   *
   * @return what to send
   */
  public Action.Send guess(CandidatePair way) {
    if (guess == null) {
      guess = TransactionId.random(random);
    }
    long priority = Priorities.of(CandidateType.PEER_REFLEXIVE, way.local().ipv4(), 0);
    return new Action.Send(way, checks.request(guess, priority, pairs.role(), tieBreaker, false));
  }

  /**
   * Data have been sent on the way that is selected.
   *
   * @return whether the next deadline is another one now
   */
  public boolean sent(Instant now) {
    return liveness.sent(now);
  }

  /** Data have come that are the peer's beyond doubt. */
  public void heard(CandidatePair way) {
    if (choice.current().filter(current -> current.addresses().equals(way)).isPresent()) {
      liveness.heard();
    }
  }

  /** When to tell that the deadline has been reached, unless something happens before. */
  public Instant nextDeadline(Instant now) {
    Instant next = earlier(choice.nextChoice(now), search.nextDeadline());
    if (checks.peer() != null) {
      for (Pair pair : pairs.all()) {
        Instant due = pair.isUrgent() ? pair.due() : later(pair.due(), pacer.next());
        next = earlier(next, earlier(due, consentEnd(pair)));
      }
    }
    next = earlier(next, dials.nextStep());
    if (wantsDials()) {
      next = earlier(next, later(dials.nextBegin(), pacer.next()));
    }
    return earlier(
        next, choice.current().map(pair -> liveness.next(pair.roundTrip())).orElse(Instant.MAX));
  }

  /** The way that is selected. */
  public Optional<CandidatePair> selected() {
    return choice.current().map(Pair::addresses);
  }

  /**
   * While the way that is selected is in doubt, the next best one: what is sent shall take both,
   * for who waits for an answer repeats itself ever more seldom.
   */
  public Optional<CandidatePair> inDoubt() {
    if (!liveness.isDoubted()) {
      return Optional.empty();
    }
    Optional<Pair> current = choice.current();
    return pairs.all().stream()
        .filter(Pair::isValid)
        .filter(pair -> current.filter(pair::equals).isEmpty())
        .min(Comparator.comparing(PathRank::of))
        .map(Pair::addresses);
  }

  /** Of which kind it is. */
  public Optional<Path> path() {
    return choice.current().map(PathRank::of).map(PathRank::path);
  }

  public Role role() {
    return pairs.role();
  }

  /** Whether a datagram that comes on that way may be the peer's: it has answered there. */
  public boolean isValid(CandidatePair way) {
    Pair pair = pairs.find(way);
    return pair != null && pair.isValid();
  }

  /** Whether the peer may be at the other end of that way: it has said so, or shown it. */
  public boolean knows(CandidatePair way) {
    return pairs.find(way) != null;
  }

  /** What is known of all pairs, the best first. */
  public List<PairState> pairs() {
    return pairs.byPriority().stream().map(IceAgent::state).toList();
  }

  private static PairState state(Pair pair) {
    return new PairState(
        pair.addresses(),
        PathRank.of(pair).path(),
        pair.sent(),
        pair.answers(),
        pair.roundTrip(),
        pair.isNominated());
  }

  private void known(IceCredentials peer, Instant now) {
    if (peer.equals(checks.peer())) {
      return;
    }
    boolean anew = checks.peer() != null;
    checks.peerIs(peer);
    if (anew) {
      pairs.restart();
      transactions.clear();
    }
    dials.start(now);
    search(now);
    early.forEach(check -> heardFrom(check.pair(), check.priority(), now));
    early.clear();
  }

  /** A peer that says so when it has long been found may have moved, and be there no more. */
  private void found(IceCandidate candidate, Instant now) {
    if (dials.found(candidate, now)) {
      // Who has a way does not open another one of TCP: ours may be dead without our knowing.
      if (Dials.isTogether(candidate) && !wantsDials()) {
        doubted(now);
      }
      search(now);
    }
    if (pairs.found(candidate, now)) {
      choice.current().ifPresent(pair -> pair.due(earlier(pair.due(), notTooOften(pair, now))));
      search(now);
    }
  }

  private static Instant notTooOften(Pair pair, Instant now) {
    Instant last = pair.lastAnswer();
    return last == null ? now : later(now, last.plus(STILL_THERE));
  }

  private void opened(Base base, Instant now) {
    boolean isNew = pairs.open(base, now);
    base.peer().flatMap(dials::connected).ifPresent(candidate -> pairs.connected(base, candidate));
    searchIf(isNew, now);
  }

  private void closed(Base base, Instant now) {
    pairs.close(base);
    base.peer().ifPresent(peer -> dials.closed(peer, now));
  }

  private void searchIf(boolean news, Instant now) {
    if (news) {
      search(now);
    }
  }

  /** Whom to search for must be known. */
  private void search(Instant now) {
    if (checks.peer() != null) {
      search.begin(now);
      checkAllThatFail(now);
      dials.again(now.plus(Dials.WAIT));
    }
  }

  private void checkAllThatFail(Instant now) {
    pairs.all().stream()
        .filter(pair -> !pair.isValid() && pair.due().equals(Instant.MAX))
        .forEach(pair -> pair.check(now));
  }

  private void asked(StunMessage request, CandidatePair way, ByteBuf datagram, Instant now) {
    if (!checks.isPeers(request, datagram)) {
      return;
    }
    if (!Checks.isUnderstood(request)) {
      actions.add(new Action.Send(way, checks.notUnderstood(request)));
      return;
    }
    if (isConflict(request)) {
      actions.add(new Action.Send(way, checks.roleConflict(request)));
      return;
    }
    actions.add(new Action.Send(way, checks.success(request, way.remote())));
    long priority =
        Priorities.claimed(request.first(Priority.class).map(Priority::value).orElse(1L));
    if (checks.peer() == null) {
      Early check = new Early(way, priority);
      if (early.size() < MAX_EARLY && !early.contains(check)) {
        early.add(check);
      }
      return;
    }
    Pair pair = heardFrom(way, priority, now);
    if (pair != null
        && pairs.role() == Role.CONTROLLED
        && request.first(UseCandidate.class).isPresent()) {
      pair.nominate();
    }
  }

  /** RFC 8445 §7.3.1.1; if the peer is to keep its role, this agent takes the other one. */
  private boolean isConflict(StunMessage request) {
    Optional<Long> rival =
        switch (pairs.role()) {
          case CONTROLLING -> request.first(IceControlling.class).map(IceControlling::tieBreaker);
          case CONTROLLED -> request.first(IceControlled.class).map(IceControlled::tieBreaker);
        };
    if (rival.isEmpty()) {
      return false;
    }
    boolean isGreater = Long.compareUnsigned(tieBreaker, rival.get()) >= 0;
    boolean keepsRole = isGreater == (pairs.role() == Role.CONTROLLING);
    if (!keepsRole) {
      pairs.role(pairs.role().other());
    }
    return keepsRole;
  }

  /** The peer can be heard from there: it is checked back at once (RFC 8445 §7.3.1.4). */
  private @Nullable Pair heardFrom(CandidatePair way, long priority, Instant now) {
    Pair pair = pairs.heard(way, priority, now);
    if (pair == null) {
      return null;
    }
    if (choice.current().filter(pair::equals).isPresent()) {
      liveness.heard();
    }
    if (choice.current().isEmpty()) {
      actions.add(new Action.Heard(way));
    }
    pair.heard();
    if (!pair.isValid() && !pair.isUrgent()) {
      search.prolong(now);
      pair.checkNow(now);
    }
    return pair;
  }

  private void succeeded(StunMessage answer, CandidatePair way, ByteBuf datagram, Instant now) {
    if (answer.transactionId().equals(guess) && checks.isAnswer(datagram)) {
      heardFrom(way, 1, now);
      return;
    }
    Transaction transaction = transactions.find(answer, way);
    Optional<XorMappedAddress> mapped = answer.first(XorMappedAddress.class);
    if (transaction == null || mapped.isEmpty() || !checks.isAnswer(datagram)) {
      return;
    }
    transactions.end(answer);
    Pair pair = transaction.pair();
    boolean isByRelay = !way.local().relayed() && pair.remoteType() == CandidateType.RELAYED;
    if (isByRelay && pair.seenAt(mapped.get().address())) {
      actions.add(new Action.Seen(way, mapped.get().address()));
    }
    pair.answered(Duration.between(transaction.sent(), now), now);
    if (!pair.isUrgent()) {
      pair.due(now.plus(nextConsentCheck()));
    }
    if (transaction.nominates()) {
      pair.nominate();
    }
    if (choice.current().filter(pair::equals).isPresent()) {
      liveness.heard();
    }
  }

  private Duration nextConsentCheck() {
    return Duration.ofMillis(
        random.nextLong(CONSENT_CHECK.toMillis() * 8 / 10, CONSENT_CHECK.toMillis() * 12 / 10));
  }

  private void refused(StunMessage answer, CandidatePair way, ByteBuf datagram, Instant now) {
    Transaction transaction = transactions.find(answer, way);
    if (transaction == null || !checks.isAnswer(datagram)) {
      return;
    }
    transactions.end(answer);
    boolean isConflict =
        answer
            .first(ErrorCode.class)
            .filter(error -> error.code() == ErrorCode.ROLE_CONFLICT)
            .isPresent();
    if (isConflict) {
      // RFC 8445 §7.2.5.1; a second answer of that kind may still be on its way.
      pairs.role(transaction.role().other());
      transaction.pair().checkNow(now);
    }
  }

  /** Does what has become due. */
  private List<Action> settle(Instant now) {
    doubt(now);
    expire(now);
    select(now);
    endSearch(now);
    check(now);
    dial(now);
    return List.copyOf(actions);
  }

  /** What was sent stays unanswered: first it is asked, then another way is taken. */
  private void doubt(Instant now) {
    Optional<Pair> current = choice.current();
    if (current.isEmpty()) {
      return;
    }
    Duration roundTrip = current.get().roundTrip();
    if (!liveness.isDoubted() && !liveness.next(roundTrip).isAfter(now)) {
      actions.add(new Action.Doubted());
      doubted(now);
    }
    if (liveness.isDoubted() && !liveness.next(roundTrip).isAfter(now)) {
      pairs.all().stream().filter(each -> liveness.isSilent(each, now)).forEach(Pair::fail);
      choice.lost(now);
      liveness = new Liveness();
      search(now);
    }
  }

  /** All that have worked are asked. */
  private void doubted(Instant now) {
    if (choice.current().isPresent()) {
      liveness.doubt(now);
    }
    pairs.all().stream().filter(Pair::isValid).forEach(each -> each.checkNow(now));
  }

  private void expire(Instant now) {
    for (Pair pair : pairs.all()) {
      if (!consentEnd(pair).isAfter(now)) {
        pair.fail();
      }
    }
  }

  /** One who was stopped must be able to ask again first: its silence is not the peer's. */
  private static Instant consentEnd(Pair pair) {
    Instant last = pair.lastAnswer();
    return last == null || pair.unanswered() < ENOUGH_ASKED ? Instant.MAX : last.plus(CONSENT);
  }

  private void select(Instant now) {
    Optional<Pair> before = choice.current();
    if (!choice.choose(pairs.all(), now)) {
      return;
    }
    liveness = new Liveness();
    Optional<Pair> current = choice.current();
    if (current.isPresent()) {
      actions.add(new Action.Selected(current.get().addresses()));
      if (pairs.role() == Role.CONTROLLING) {
        current.get().checkNow(now);
      }
      boolean worse =
          before
              .filter(pair -> PathRank.of(current.get()).compareTo(PathRank.of(pair)) > 0)
              .isPresent();
      searchIf(worse, now);
    } else {
      actions.add(new Action.Lost());
      search(now);
    }
  }

  private void endSearch(Instant now) {
    if (search.isDue(now)) {
      search.prolong(now);
      checkAllThatFail(now);
      dials.again(now);
    }
    if (!search.isOver(now)) {
      return;
    }
    pairs.all().stream().filter(pair -> !pair.isValid()).forEach(Pair::fail);
    Optional<Pair> current = choice.current();
    if (current.map(PathRank::of).filter(PathRank::isGoodEnough).isPresent()) {
      search.finish();
    } else if (search.finishForNow(now) && current.isEmpty()) {
      actions.add(new Action.Failed());
    }
  }

  private void check(Instant now) {
    if (checks.peer() == null) {
      return;
    }
    for (Pair pair : pairs.due(now)) {
      // Those that the peer waits for come first, and are no more than it has sent itself.
      if (pair.isUrgent()) {
        pacer.force(now);
      } else if (!pacer.take(now)) {
        return;
      }
      check(pair, now);
    }
  }

  /** Behind all checks, and only where there is nothing better than a relay. */
  private void dial(Instant now) {
    actions.addAll(dials.steps(wantsDials(), now));
    while (wantsDials() && !dials.nextBegin().isAfter(now) && pacer.take(now)) {
      dials.begin(pairs.role() == Role.CONTROLLING, now).ifPresent(actions::add);
    }
  }

  private boolean wantsDials() {
    return checks.peer() != null
        && choice.current().map(PathRank::of).filter(rank -> rank != PathRank.RELAYED).isEmpty();
  }

  private void check(Pair pair, Instant now) {
    TransactionId id = TransactionId.random(random);
    boolean isCurrent = choice.current().filter(pair::equals).isPresent();
    boolean nominates = pairs.role() == Role.CONTROLLING && isCurrent;
    transactions.add(id, new Transaction(pair, now, pairs.role(), nominates));
    int hops = Openers.hops(pair, pairs.role());
    pair.checked(now);
    if (isCurrent) {
      liveness.sent(now);
    }
    byte[] request = checks.request(id, pair.localPriority(), pairs.role(), tieBreaker, nominates);
    actions.add(
        hops == 0
            ? new Action.Send(pair.addresses(), request)
            : new Action.Open(pair.addresses(), request, hops));
  }

  private static Instant earlier(Instant a, Instant b) {
    return a.isBefore(b) ? a : b;
  }

  private static Instant later(Instant a, Instant b) {
    return a.isAfter(b) ? a : b;
  }
}
