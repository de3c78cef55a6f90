package io.culvert.client.tag;

import io.culvert.wire.tag.Retransmission;
import io.culvert.wire.tag.TagMessage.FromServer;
import io.culvert.wire.tag.TagMessage.ToServer;
import io.culvert.wire.transport.MonotonicTime;
import io.culvert.wire.transport.SocketError;
import io.netty.channel.ChannelFuture;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What was asked of the server and is not answered yet; it is asked again until then. Confined to
 * the event loop.
 */
final class Requests {
  /** Every JSON reader knows whole numbers up to here. */
  private static final long MAX_MID = 1L << 53;

  private static final long MIN_MID = 1L << 52;

  private final EventLoop loop;
  private final TagSocket socket;
  private final InetSocketAddress server;
  private final InstantSource time = new MonotonicTime();
  private final SecureRandom random = new SecureRandom();
  private final Map<Long, Pending> pending = new HashMap<>();

  Requests(EventLoop loop, TagSocket socket, InetSocketAddress server) {
    this.loop = loop;
    this.socket = socket;
    this.server = server;
  }

  /**
   * Sends a request.
   *
   * @param request makes it, given its number
   * @param answered takes what comes with the number of the request; false when that is no answer
   *     to it, and the wait goes on
   * @param failed is told in a sentence why there will be none
   */
  void send(
      LongFunction<ToServer> request, Predicate<FromServer> answered, Consumer<String> failed) {
    long mid = newMid();
    Pending waiting = new Pending(request.apply(mid), answered, failed);
    pending.put(mid, waiting);
    waiting.transmit();
  }

  /** A number that nobody can guess. */
  long newMid() {
    return random.nextLong(MIN_MID, MAX_MID);
  }

  /** Gives what the server has said to whoever waits for it. */
  void answered(FromServer answer) {
    Pending request = pending.get(answer.mid());
    if (request != null && request.answered.test(answer)) {
      request.cancel();
      pending.remove(answer.mid());
    }
  }

  /** Nobody waits for anything any more. */
  void cancel() {
    pending.values().forEach(Pending::cancel);
    pending.clear();
  }

  private final class Pending {
    private final ToServer request;
    private final Predicate<FromServer> answered;
    private final Consumer<String> failed;
    private @Nullable Retransmission retransmission;
    private @Nullable Future<?> timer;
    private @Nullable Throwable notSent;

    Pending(ToServer request, Predicate<FromServer> answered, Consumer<String> failed) {
      this.request = request;
      this.answered = answered;
      this.failed = failed;
    }

    void transmit() {
      socket.send(request, server).addListener((ChannelFuture sent) -> notSent = sent.cause());
      if (retransmission == null) {
        retransmission = new Retransmission(time.instant());
      }
      await(retransmission);
    }

    void cancel() {
      if (timer != null) {
        timer.cancel(false);
      }
    }

    private void await(Retransmission retransmission) {
      Duration pause = Duration.between(time.instant(), retransmission.nextDeadline());
      timer =
          loop.schedule(
              () -> timePassed(retransmission), Math.max(0, pause.toNanos()), TimeUnit.NANOSECONDS);
    }

    private void timePassed(Retransmission retransmission) {
      switch (retransmission.at(time.instant())) {
        case WAIT -> await(retransmission);
        case REPEAT -> transmit();
        case FAIL -> {
          pending.remove(request.mid());
          failed.accept(
              notSent == null
                  ? "The server %s does not answer.".formatted(show(server))
                  : "The server %s cannot be reached: %s."
                      .formatted(show(server), SocketError.explain(notSent)));
        }
      }
    }
  }

  static String show(InetSocketAddress address) {
    return address.getAddress().getHostAddress() + ":" + address.getPort();
  }
}
