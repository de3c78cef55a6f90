package io.culvert.traversal.portmap;

import io.culvert.traversal.portmap.PortMapping.Action;
import io.culvert.wire.portmap.PortProtocol;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** One port that a router keeps for us, or is asked to. */
final class Lease {
  /** RFC 6886 §3.3, and for the others as good as anything. */
  static final Duration LIFETIME = Duration.ofHours(2);

  /** One that promises less would have to be asked all the time. */
  static final Duration SHORTEST = Duration.ofSeconds(30);

  /** RFC 6887 §15: a router that promises more is not believed. */
  private static final Duration LONGEST = Duration.ofHours(24);

  /** RFC 6887 §11.2.1. */
  private static final Duration BETWEEN_RENEWALS = Duration.ofSeconds(4);

  /** How long whoever leaves is held up. */
  static final Duration REMOVAL_PATIENCE = Duration.ofSeconds(2);

  private final PortProtocol protocol;
  private final Server server;
  private final RandomGenerator random;
  private @Nullable Retransmission asking;
  private @Nullable InetSocketAddress external;
  private Instant expires = Instant.MAX;
  private Instant renewal = Instant.MAX;
  private Instant lastSent = Instant.MIN;
  private @Nullable Duration inDoubt;
  private boolean leaving;

  /** One that is asked for from now on. */
  Lease(PortProtocol protocol, Server server, RandomGenerator random, Instant now) {
    this.protocol = protocol;
    this.server = server;
    this.random = random;
    ask(now);
  }

  PortProtocol protocol() {
    return protocol;
  }

  /** The port, while we have it. */
  Optional<InetSocketAddress> external() {
    return Optional.ofNullable(external);
  }

  /** Asks for it, from then on, as in the beginning; what we have counts until it is answered. */
  void ask(Instant from) {
    asking = new Retransmission(server.pause(), server.patience(), from);
  }

  /** Asks whether it still is what it was, and again until there is an answer. */
  void doubt(Instant now) {
    if (asking == null && external != null) {
      renewal = later(now, lastSent.plus(BETWEEN_RENEWALS));
      inDoubt = BETWEEN_RENEWALS;
    }
  }

  void granted(InetSocketAddress port, Duration lifetime, Instant now) {
    Duration life = lifetime.compareTo(LONGEST) < 0 ? lifetime : LONGEST;
    asking = null;
    inDoubt = null;
    external = port;
    expires = now.plus(life);
    planRenewal(now);
  }

  /** The router is at another address now. */
  void moved(InetAddress address) {
    if (external != null) {
      external = new InetSocketAddress(address, external.getPort());
    }
  }

  /** It is to be given back, until {@link #isGone}. */
  void leave(Instant now) {
    leaving = true;
    asking = new Retransmission(server.removalPause(), REMOVAL_PATIENCE, now);
  }

  /** Whether it is not or not any more ours: nobody has answered, or its time is over. */
  boolean isGone(Instant now) {
    return (asking != null && asking.isOver(now)) || (!leaving && !now.isBefore(expires));
  }

  /** What is to be sent now. */
  Optional<Action> pass(Instant now) {
    if (asking != null && asking.isDue(now)) {
      return Optional.of(leaving ? server.removal(protocol, external()) : request(now));
    }
    if (asking == null && !renewal.isAfter(now)) {
      Action request = request(now);
      planRenewal(now);
      return Optional.of(request);
    }
    return Optional.empty();
  }

  /** What else is to be asked then. */
  Optional<Action> addressQuestion() {
    return inDoubt == null ? Optional.empty() : server.addressQuestion();
  }

  private Action request(Instant now) {
    lastSent = now;
    return server.request(protocol, external(), LIFETIME);
  }

  /**
   * RFC 6887 §11.2.1: at a random time between 1/2 and 5/8 of the lifetime; without an answer, of
   * what remains of it.
   */
  private void planRenewal(Instant now) {
    long remaining = Duration.between(now, expires).toMillis();
    Instant due = now.plusMillis(remaining / 2 + random.nextLong(remaining / 8 + 1));
    renewal = later(due, now.plus(BETWEEN_RENEWALS));
    if (inDoubt != null) {
      // It may be the router's reboot that makes doubt, and take minutes.
      renewal = earlier(renewal, now.plus(inDoubt));
      inDoubt = inDoubt.multipliedBy(2);
    }
  }

  Instant nextDeadline() {
    if (asking != null) {
      Instant next = asking.nextDeadline();
      return leaving || next.isBefore(expires) ? next : expires;
    }
    return renewal.isBefore(expires) ? renewal : expires;
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }
}
