package io.culvert.client.net;

import io.culvert.client.net.ServerDialer.Dialed;
import io.culvert.client.tls.ServerConnectException;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Connects to a server directly and, when that does not work at once, through a proxy as well: what
 * comes about first is taken. Confined to the event loop, except for start.
 */
final class Detour {
  /** So long the direct way is alone. */
  static final Duration HEAD_START = Duration.ofMillis(500);

  private final EventLoop loop;
  private final Dial direct;
  private final Dial byProxy;
  private final CompletableFuture<Dialed> result = new CompletableFuture<>();
  private @Nullable Future<?> timer;
  private @Nullable CompletableFuture<Dialed> first;
  private @Nullable CompletableFuture<Dialed> second;
  private @Nullable Throwable whyNotDirectly;
  private @Nullable Throwable whyNotByProxy;

  Detour(EventLoop loop, Dial direct, Dial byProxy) {
    this.loop = loop;
    this.direct = direct;
    this.byProxy = byProxy;
  }

  CompletableFuture<Dialed> start() {
    result.whenComplete((dialed, why) -> {
      if (result.isCancelled()) {
        loop.execute(this::giveUp);
      }
    });
    loop.execute(this::begin);
    return result;
  }

  private void begin() {
    timer = loop.schedule(this::notAtOnce, HEAD_START.toMillis(), TimeUnit.MILLISECONDS);
    first = direct.start();
    first.whenComplete((dialed, why) -> {
      if (why == null) {
        succeed(dialed);
      } else {
        whyNotDirectly = why;
        takeTheDetour();
        fail();
      }
    });
  }

  private void notAtOnce() {
    if (!direct.isConnected()) {
      takeTheDetour();
    }
  }

  private void takeTheDetour() {
    if (second != null || result.isDone()) {
      return;
    }
    second = byProxy.start();
    second.whenComplete((dialed, why) -> {
      if (why == null) {
        succeed(dialed);
      } else {
        whyNotByProxy = why;
        fail();
      }
    });
  }

  private void succeed(Dialed dialed) {
    if (!result.complete(dialed)) {
      dialed.channel().close();
    }
    giveUp();
  }

  /** What is nearer to the server says more of why; the other is said, too. */
  private void fail() {
    if (whyNotDirectly instanceof ServerConnectException one
        && whyNotByProxy instanceof ServerConnectException other) {
      boolean reached = one.reason() != ServerConnectException.Reason.UNREACHABLE;
      result.completeExceptionally(
          new ServerConnectException(
              (reached ? one : other).reason(), one.getMessage() + " " + other.getMessage()));
    } else if (whyNotDirectly != null && whyNotByProxy != null) {
      result.completeExceptionally(whyNotDirectly);
    }
  }

  private void giveUp() {
    if (timer != null) {
      timer.cancel(false);
    }
    if (first != null) {
      first.cancel(false);
    }
    if (second != null) {
      second.cancel(false);
    }
  }
}
