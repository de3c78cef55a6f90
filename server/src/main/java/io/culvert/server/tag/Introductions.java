package io.culvert.server.tag;

import io.culvert.server.net.Counters;
import io.culvert.server.net.Party;
import io.culvert.server.net.Tally;
import io.culvert.server.tag.Introduction.Phase;
import io.culvert.wire.tag.Status;
import io.culvert.wire.tag.TagMessage.Answer;
import io.culvert.wire.tag.TagMessage.AnswerReceived;
import io.culvert.wire.tag.TagMessage.Dial;
import io.culvert.wire.tag.TagMessage.Knock;
import io.culvert.wire.tag.TagMessage.KnockAnswer;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * Who is being introduced to whom. Nobody answers for a callee that stays silent but this, when its
 * {@link ServerRequest} has failed; and whether the caller has heard or not, after as long again it
 * is over. Not thread-safe.
 */
final class Introductions {
  static final int MAX_PER_CALLER = 256;
  static final int MAX_PER_CALLEE = 64;
  static final int MAX_OF_PROVED_CALLERS = 32_768;
  static final int MAX_OF_OTHERS = 4_096;

  private static final int TOKEN_BYTES = 16;

  /** Numbers that every reader of JSON keeps exactly, and that nobody guesses in time. */
  private static final long MID_BOUND = 1L << 48;

  private record Alarm(Instant at, Introduction introduction, ServerRequest request) {}

  private final SecureRandom random = new SecureRandom();
  private final Allowance allowance;
  private final Counters<TagCounter> counters;
  private final Map<String, Introduction> byToken = new HashMap<>();
  private final Tally<Party> perCaller = new Tally<>(MAX_PER_CALLER);
  private final Tally<Registration> perCallee = new Tally<>(MAX_PER_CALLEE);
  private final PriorityQueue<Alarm> alarms = new PriorityQueue<>(Comparator.comparing(Alarm::at));
  private int ofOthers;

  Introductions(Allowance allowance, Counters<TagCounter> counters) {
    this.allowance = allowance;
    this.counters = counters;
  }

  /** Asks the callee; nothing when too much is going on. */
  Optional<Introduction> begin(
      Dial dial, int length, Route from, Registration caller, Registration callee, Instant now) {
    Introduction introduction = new Introduction(newToken(), dial, length, from, caller, callee);
    Party party = Party.of(from.ip());
    if (!perCaller.hasRoom(party) || !perCallee.hasRoom(callee) || !hasRoom(introduction)) {
      return Optional.empty();
    }
    perCaller.add(party);
    perCallee.add(callee);
    ofOthers += introduction.isCallerProved() ? 0 : 1;
    byToken.put(introduction.token(), introduction);

    long mid = newMid();
    Knock knock = new Knock(mid, introduction.token(), from.remote(), Optional.empty());
    Knock withLan =
        new Knock(
            mid,
            introduction.token(),
            from.remote(),
            introduction.callerLan().filter(lan -> from.ip().equals(callee.route().ip())));
    Proportion proportion = Proportion.to(callee.isProved());
    byte[] datagram = proportion.write(length, withLan, knock);
    enter(introduction, Phase.ASKING_CALLEE, new ServerRequest(mid, callee.route(), datagram, now));
    return Optional.of(introduction);
  }

  /**
   * Tells the caller what the callee says.
   *
   * @return the callee, who has proved that it receives what is sent to its registered address;
   *     nothing when nobody waits for this
   */
  Optional<Registration> answered(KnockAnswer answer, int length, Route from, Instant now) {
    Introduction introduction = waiting(answer.token(), Phase.ASKING_CALLEE, answer.mid());
    if (introduction == null) {
      return Optional.empty();
    }
    Registration callee = introduction.callee();
    if (answer.status().isOk()) {
      counters.count(TagCounter.INTRODUCED);
      InetSocketAddress punch = punchAddress(answer, from, callee);
      boolean oneLan = punch.getAddress().equals(introduction.caller().ip());
      Optional<InetSocketAddress> lan = answer.lan().or(callee::lan).filter(address -> oneLan);
      tell(introduction, length, now, Status.ok(), Optional.of(punch), lan);
    } else {
      counters.count(TagCounter.REFUSED);
      tell(introduction, length, now, answer.status(), Optional.empty(), Optional.empty());
    }
    return Optional.of(callee);
  }

  /** The caller has heard; false when nobody waits for this. */
  boolean received(AnswerReceived answer) {
    Introduction introduction = waiting(answer.token(), Phase.TELLING_CALLER, answer.mid());
    if (introduction == null) {
      return false;
    }
    remove(introduction);
    return true;
  }

  /** Repeats what has not been answered, and ends what never will be. */
  void advance(Instant now) {
    for (Alarm alarm = alarms.peek();
        alarm != null && !alarm.at().isAfter(now);
        alarm = alarms.peek()) {
      alarms.remove();
      Introduction introduction = alarm.introduction();
      if (introduction.request() != alarm.request()) {
        continue; // answered meanwhile
      }
      if (alarm.request().goOn(now, allowance)) {
        alarms.add(new Alarm(alarm.request().nextDeadline(), introduction, alarm.request()));
      } else if (introduction.phase() == Phase.ASKING_CALLEE) {
        counters.count(TagCounter.UNANSWERED);
        Status status = Status.of(Status.UNREACHABLE, "the callee does not answer");
        tell(
            introduction,
            introduction.dialLength(),
            now,
            status,
            Optional.empty(),
            Optional.empty());
      } else {
        remove(introduction);
      }
    }
  }

  /** When {@link #advance} may have something to do next. */
  Optional<Instant> nextDeadline() {
    return Optional.ofNullable(alarms.peek()).map(Alarm::at);
  }

  /** How many are under way. */
  int size() {
    return byToken.size();
  }

  private void tell(
      Introduction introduction,
      int cause,
      Instant now,
      Status status,
      Optional<InetSocketAddress> callee,
      Optional<InetSocketAddress> lan) {
    long mid = newMid();
    String token = introduction.token();
    Proportion proportion = Proportion.to(introduction.isCallerProved());
    byte[] datagram =
        proportion.write(
            cause,
            new Answer(mid, token, status, callee, lan),
            new Answer(mid, token, status, callee, Optional.empty()));
    enter(
        introduction,
        Phase.TELLING_CALLER,
        new ServerRequest(mid, introduction.caller(), datagram, now));
  }

  private void enter(Introduction introduction, Phase phase, ServerRequest request) {
    introduction.enter(phase, request);
    alarms.add(new Alarm(request.nextDeadline(), introduction, request));
    request.send();
  }

  private @Nullable Introduction waiting(String token, Phase phase, long mid) {
    Introduction introduction = byToken.get(token);
    return introduction != null && introduction.isWaiting(phase, mid) ? introduction : null;
  }

  private void remove(Introduction introduction) {
    introduction.enter(Phase.OVER, null);
    byToken.remove(introduction.token());
    perCaller.remove(Party.of(introduction.caller().ip()));
    perCallee.remove(introduction.callee());
    ofOthers -= introduction.isCallerProved() ? 0 : 1;
  }

  private boolean hasRoom(Introduction introduction) {
    return introduction.isCallerProved()
        ? byToken.size() - ofOthers < MAX_OF_PROVED_CALLERS
        : ofOthers < MAX_OF_OTHERS;
  }

  /** A callee that could answer from its registered socket only says which port it punches from. */
  private static InetSocketAddress punchAddress(
      KnockAnswer answer, Route from, Registration callee) {
    return from.remote().equals(callee.route().remote()) && answer.port().isPresent()
        ? new InetSocketAddress(from.ip(), answer.port().getAsInt())
        : from.remote();
  }

  private String newToken() {
    byte[] token = new byte[TOKEN_BYTES];
    random.nextBytes(token);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
  }

  private long newMid() {
    return random.nextLong(MID_BOUND);
  }
}
