package io.culvert.traversal.tcp;

import io.culvert.traversal.tcp.TcpPunch.DialError;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;

/** The attempts to dial one address: one at a time, again and again while they are wanted. */
final class Dialing {
  /** Between a failed attempt and the next: a refusal comes back within one round trip. */
  static final Duration PAUSE = Duration.ofMillis(100);

  /** When the attempt that was given up just now still holds the two addresses. */
  static final Duration SHORT_PAUSE = Duration.ofMillis(10);

  /**
   * How long each attempt of a round may take. The kernel repeats a lost SYN only after 1 s, so the
   * first is cut short. The second is not: an attempt that is given up while its answer is under
   * way leaves a half-open connection at the peer, which refuses the next one from the same port.
   */
  private static final Duration[] PATIENCE = {Duration.ofMillis(500), Duration.ofMillis(2500)};

  /** What is to be done about this address now. */
  enum Step {
    NOTHING,
    DIAL,
    ABANDON
  }

  private final InetSocketAddress to;
  private Duration lag;
  private boolean wanted = true;
  private boolean inFlight;
  private boolean replacesAnother;
  private Instant due;
  private int attemptsInRound;
  private int attempts;
  private int refused;
  private int unreachable;

  /**
   * Attempts that begin now.
   *
   * @param lag how much more time the first attempt gets, so that all others come later by as much
   */
  Dialing(InetSocketAddress to, Duration lag, Instant now) {
    this.to = to;
    this.lag = lag;
    this.due = now;
  }

  InetSocketAddress to() {
    return to;
  }

  /** When {@link #step} has something to say again. */
  Instant due() {
    return inFlight || wanted ? due : Instant.MAX;
  }

  /**
   * Whether it may yet lead to the peer: no error speaks against it, and no link has come of it.
   */
  boolean promising() {
    return wanted && refused == 0 && unreachable == 0;
  }

  int attempts() {
    return attempts;
  }

  int refused() {
    return refused;
  }

  int unreachable() {
    return unreachable;
  }

  Step step(Instant now) {
    if (due().isAfter(now)) {
      return Step.NOTHING;
    }
    if (inFlight) {
      inFlight = false;
      replacesAnother = true;
      due = now;
      return Step.ABANDON;
    }
    inFlight = true;
    due = now.plus(PATIENCE[Math.min(attemptsInRound, PATIENCE.length - 1)]).plus(lag);
    lag = Duration.ZERO;
    attemptsInRound++;
    attempts++;
    return Step.DIAL;
  }

  void startRound() {
    attemptsInRound = 0;
  }

  void connected() {
    inFlight = false;
    wanted = false;
  }

  void failed(DialError error, Instant now) {
    inFlight = false;
    due = now.plus(PAUSE);
    switch (error) {
      case REFUSED -> refused++;
      case UNREACHABLE -> unreachable++;
      case CONNECTED_ALREADY -> {
        attempts--; // nothing went out
        if (replacesAnother) {
          due = now.plus(SHORT_PAUSE);
        }
      }
    }
    replacesAnother = false;
  }

  /**
   * No further attempts, for a link of the peer's making is up. The one in flight may go on: the
   * peer may be giving up its own in favour of it at this moment.
   */
  void pause() {
    wanted = false;
  }

  void resume(Instant now) {
    wanted = true;
    if (!inFlight) {
      due = now.plus(PAUSE);
    }
  }

  /** No further attempts; true when one was in flight and is to be abandoned. */
  boolean stop() {
    boolean abandon = inFlight;
    inFlight = false;
    wanted = false;
    return abandon;
  }
}
