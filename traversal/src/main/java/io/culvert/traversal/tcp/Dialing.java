package io.culvert.traversal.tcp;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;

/**
 * The attempts to dial one address at the same time as somebody there dials ours: one at a time,
 * again and again while they are wanted, in rounds. Not thread-safe.
 */
public final class Dialing {
  /** How long each round takes. */
  public static final Duration ROUND = Duration.ofSeconds(3);

  /**
   * How much later than the other side the one that leads repeats its dials. A dial that arrives
   * between two dials of the other side is answered by its listener, and that answer may not pass
   * its NAT. So the sides must not repeat at the same moment; the one that has asked for it, which
   * starts later anyway, falls back further.
   */
  static final Duration LAG = Duration.ofMillis(250);

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
  public enum Step {
    /** Nothing. */
    NOTHING,
    /** Dial it. */
    DIAL,
    /** Close the dial that is in flight, and ask again what is to be done. */
    ABANDON
  }

  private final InetSocketAddress to;
  private Duration lag;
  private boolean wanted = true;
  private boolean inFlight;
  private boolean replacesAnother;
  private Instant due;
  private Instant roundEnd;
  private int attemptsInRound;
  private int attempts;
  private int refused;
  private int unreachable;

  /**
   * Attempts that begin now.
   *
   * @param leads whether the other side has its part because we have asked it to
   */
  public Dialing(InetSocketAddress to, boolean leads, Instant now) {
    this.to = to;
    this.lag = leads ? LAG : Duration.ZERO;
    this.due = now;
    this.roundEnd = now.plus(ROUND);
  }

  /** Where to. */
  public InetSocketAddress to() {
    return to;
  }

  /** When {@link #step} has something to say again. */
  public Instant due() {
    return inFlight || wanted ? due : Instant.MAX;
  }

  /**
   * Whether it may yet lead to the peer: no error speaks against it, and no link has come of it.
   */
  boolean promising() {
    return wanted && refused == 0 && unreachable == 0;
  }

  /** How many have been made. */
  public int attempts() {
    return attempts;
  }

  int refused() {
    return refused;
  }

  int unreachable() {
    return unreachable;
  }

  /** What is to be done now, which the caller does. */
  public Step step(Instant now) {
    if (due().isAfter(now)) {
      return Step.NOTHING;
    }
    if (inFlight) {
      inFlight = false;
      replacesAnother = true;
      due = now;
      return Step.ABANDON;
    }
    for (; !roundEnd.isAfter(now); roundEnd = roundEnd.plus(ROUND)) {
      attemptsInRound = 0;
    }
    inFlight = true;
    // The lag is for the first attempt, so that all others come later by as much.
    due = now.plus(PATIENCE[Math.min(attemptsInRound, PATIENCE.length - 1)]).plus(lag);
    lag = Duration.ZERO;
    attemptsInRound++;
    attempts++;
    return Step.DIAL;
  }

  /** The one in flight has become a connection. */
  public void connected() {
    inFlight = false;
    wanted = false;
  }

  /** The one in flight has come to nothing. */
  public void failed(DialError error, Instant now) {
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

  /** The connection has not led to the peer, or is no more. */
  public void resume(Instant now) {
    wanted = true;
    if (!inFlight) {
      due = now.plus(PAUSE);
    }
  }

  /** No further attempts; true when one was in flight and is to be abandoned. */
  public boolean stop() {
    boolean abandon = inFlight;
    inFlight = false;
    wanted = false;
    return abandon;
  }
}
