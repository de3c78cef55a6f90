package io.culvert.traversal.nat;

import io.culvert.wire.stun.DiscoveryAttribute.ChangeRequest;
import io.culvert.wire.stun.StunAttribute;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TransactionId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Finds out what a NAT lets in, RFC 5780 §4.4: a server that has another address is asked to answer
 * from there, from another port, and from where it was asked, all at once and several times. Only a
 * socket that has never sent anything may be used, and for nothing else. Not thread-safe; owns no
 * socket and no clock.
 */
public final class FilteringProbe {
  /** How long it takes, unless everybody is let in. */
  public static final Duration PATIENCE = Duration.ofMillis(1500);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

  private record Question(StunMessage message, Filtering proves) {}

  private final List<Question> questions;
  private final Instant end;
  private Instant next;
  private Duration pause = FIRST_PAUSE;
  private Filtering result = Filtering.UNKNOWN;

  /**
   * Begins now.
   *
   * @param random fit for secrets
   */
  public FilteringProbe(RandomGenerator random, Instant now) {
    questions =
        List.of(
            question(random, Filtering.INDEPENDENT, new ChangeRequest(true, true)),
            question(random, Filtering.ADDRESS_DEPENDENT, new ChangeRequest(false, true)),
            question(random, Filtering.ADDRESS_AND_PORT_DEPENDENT));
    next = now;
    end = now.plus(PATIENCE);
  }

  private static Question question(
      RandomGenerator random, Filtering proves, StunAttribute... attributes) {
    return new Question(
        StunMessage.bindingRequest(TransactionId.random(random), attributes), proves);
  }

  /** What is to be sent to the server now. */
  public List<StunMessage> due(Instant now) {
    if (isOver(now) || now.isBefore(next)) {
      return List.of();
    }
    next = now.plus(pause);
    pause = pause.multipliedBy(2);
    return questions.stream().map(Question::message).toList();
  }

  /** Something of STUN has come to the socket, from wherever. */
  public void heard(StunMessage message) {
    if (message.messageClass() != StunClass.SUCCESS) {
      return;
    }
    questions.stream()
        .filter(question -> message.answers(question.message()))
        .map(Question::proves)
        .filter(found -> result == Filtering.UNKNOWN || found.compareTo(result) < 0)
        .forEach(found -> result = found);
  }

  /** Whether more answers would say nothing more, or will not come. */
  public boolean isOver(Instant now) {
    return result == Filtering.INDEPENDENT || !now.isBefore(end);
  }

  /** When something is due; empty when it is over. */
  public Optional<Instant> nextDeadline(Instant now) {
    return isOver(now) ? Optional.empty() : Optional.of(next.isBefore(end) ? next : end);
  }

  /** What has been found out; only when it is over. */
  public Filtering result() {
    return result;
  }
}
