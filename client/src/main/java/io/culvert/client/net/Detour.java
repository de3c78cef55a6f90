package io.culvert.client.net;

import io.culvert.client.net.ServerDialer.Dialed;
import io.culvert.client.tls.ServerConnectException;
import io.culvert.client.tls.ServerConnectException.Reason;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Connects to a server in one way and, when that does not work at once, in the next one as well:
 * what comes about first is taken (RFC 8305 §5). Confined to the event loop, except for start.
 */
final class Detour {
  /** So much longer the others have when the last resort has failed, as a rule at once. */
  static final Duration LAST_CHANCE = Duration.ofSeconds(3);

  /**
   * One way of several.
   *
   * @param headStart how long those before it are alone
   * @param isLastResort whether it is for those that hardly get through otherwise
   */
  record Way(Duration headStart, Dial dial, boolean isLastResort) {}

  private final EventLoop loop;
  private final Deque<Way> waiting;
  private final List<CompletableFuture<Dialed>> dialing = new ArrayList<>();
  private final List<Throwable> failures = new ArrayList<>();
  private final CompletableFuture<Dialed> result = new CompletableFuture<>();
  private final List<Dial> tried = new ArrayList<>();
  private @Nullable Future<?> timer;

  /** The ways in the order in which they are tried, of which there is one at least. */
  Detour(EventLoop loop, List<Way> ways) {
    this.loop = loop;
    this.waiting = new ArrayDeque<>(ways);
  }

  CompletableFuture<Dialed> start() {
    result.whenComplete((dialed, why) -> {
      if (result.isCancelled()) {
        loop.execute(this::giveUp);
      }
    });
    loop.execute(this::tryNext);
    return result;
  }

  private void tryNext() {
    Way way = waiting.poll();
    if (way == null || result.isDone()) {
      return;
    }
    stopWaiting();
    tried.add(way.dial());
    CompletableFuture<Dialed> attempt = way.dial().start();
    dialing.add(attempt);
    Way next = waiting.peek();
    if (next != null) {
      timer = loop.schedule(this::notAtOnce, next.headStart().toMillis(), TimeUnit.MILLISECONDS);
    }
    attempt.whenComplete((dialed, why) -> {
      if (why == null) {
        succeed(dialed);
      } else {
        failures.add(why);
        if (way.dial() == tried.getLast()) {
          tryNext();
        }
        if (way.isLastResort()) {
          loop.schedule(this::lastChance, LAST_CHANCE.toMillis(), TimeUnit.MILLISECONDS);
        }
        failIfThatWasAll();
      }
    });
  }

  private void notAtOnce() {
    if (!tried.getLast().isConnected()) {
      tryNext();
    }
  }

  private void lastChance() {
    if (!result.isDone() && tried.stream().noneMatch(Dial::isConnected)) {
      fail();
      giveUp();
    }
  }

  private void succeed(Dialed dialed) {
    if (!result.complete(dialed)) {
      dialed.channel().close();
    }
    giveUp();
  }

  private void failIfThatWasAll() {
    if (waiting.isEmpty() && failures.size() == dialing.size()) {
      fail();
    }
  }

  /** What is nearer to the server says more of why; the others are said, too. */
  private void fail() {
    List<ServerConnectException> known =
        failures.stream()
            .filter(ServerConnectException.class::isInstance)
            .map(ServerConnectException.class::cast)
            .toList();
    if (known.size() < failures.size()) {
      result.completeExceptionally(failures.getFirst());
      return;
    }
    Reason reason =
        known.stream()
            .map(ServerConnectException::reason)
            .filter(each -> each != Reason.UNREACHABLE)
            .findFirst()
            .orElse(Reason.UNREACHABLE);
    result.completeExceptionally(
        new ServerConnectException(
            reason, known.stream().map(Throwable::getMessage).collect(Collectors.joining(" "))));
  }

  private void giveUp() {
    stopWaiting();
    waiting.clear();
    dialing.forEach(attempt -> attempt.cancel(false));
  }

  private void stopWaiting() {
    if (timer != null) {
      timer.cancel(false);
    }
  }
}
