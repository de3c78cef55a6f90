package io.culvert.traversal.ice;

import io.culvert.traversal.ice.IceAgent.Action;
import io.culvert.traversal.tcp.DialError;
import io.culvert.traversal.tcp.Dialing;
import io.culvert.wire.ice.IceCandidate;
import io.culvert.wire.ice.TcpType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One of the peer's candidates of TCP, and what has been done about it. Where the peer waits, one
 * attempt is enough; where both open a connection at the same time, one follows the other for three
 * rounds of a punch. When it has come to nothing, it may be begun again. Not thread-safe.
 */
final class Dial {
  /** How long both try. */
  private static final Duration TOGETHER = Dialing.ROUND.multipliedBy(3);

  /** A NAT that refuses at once would have one attempt follow the other every tenth of a second. */
  private static final int MOST_ATTEMPTS = 30;

  private final IceCandidate candidate;
  private Instant due;
  private boolean begun;
  private boolean connected;
  private Instant end = Instant.MIN;
  private @Nullable Dialing dialing;

  Dial(IceCandidate candidate, Instant due) {
    this.candidate = candidate;
    this.due = due;
  }

  IceCandidate candidate() {
    return candidate;
  }

  /** When it is to be begun. */
  Instant due() {
    return due;
  }

  /** Whether something is under way, or has come of it. */
  boolean isBegun() {
    return begun;
  }

  /** It may be begun again; says whether that is new. */
  boolean again(Instant when) {
    boolean isIdle = !begun && due.equals(Instant.MAX);
    if (isIdle) {
      due = when;
    }
    return isIdle;
  }

  /** Begins it. */
  Action begin(boolean leads, Instant now) {
    begun = true;
    due = Instant.MAX;
    TcpType as = candidate.tcp().map(Dials::counterpart).orElseThrow();
    if (as == TcpType.SO) {
      end = now.plus(TOGETHER);
      dialing = new Dialing(candidate.address(), leads, now);
      dialing.step(now);
    }
    return new Action.Dial(as, candidate.address());
  }

  /** When there is something to be done about it. */
  Instant nextStep() {
    return dialing == null ? Instant.MAX : dialing.due();
  }

  /** What is to be done about it now that it has been begun. */
  List<Action> steps(boolean wanted, Instant now) {
    List<Action> actions = new ArrayList<>();
    while (dialing != null && !dialing.due().isAfter(now)) {
      boolean isOver = !wanted || !end.isAfter(now) || dialing.attempts() >= MOST_ATTEMPTS;
      switch (dialing.step(now)) {
        case ABANDON -> actions.add(new Action.AbandonDial(candidate.address()));
        case DIAL -> {
          if (isOver) {
            idle();
          } else {
            actions.add(new Action.Dial(TcpType.SO, candidate.address()));
          }
        }
        case NOTHING -> {}
      }
    }
    return actions;
  }

  /** There is a connection. */
  void connected() {
    connected = true;
    begun = true;
    due = Instant.MAX;
    if (dialing != null) {
      dialing.connected();
    }
  }

  /** There is none. */
  void failed(DialError why, Instant now) {
    if (dialing == null) {
      idle();
    } else {
      dialing.failed(why, now);
    }
  }

  /** There is none any more. */
  void closed(Instant now) {
    connected = false;
    if (dialing != null && end.isAfter(now)) {
      dialing.resume(now);
    } else {
      idle();
    }
  }

  /** Has nothing follow; says whether an attempt is in flight that is to be given up. */
  boolean giveUp() {
    boolean inFlight = dialing != null && dialing.stop();
    dialing = null;
    if (inFlight || !connected) {
      idle();
    }
    return inFlight;
  }

  private void idle() {
    dialing = null;
    begun = false;
    due = Instant.MAX;
  }
}
