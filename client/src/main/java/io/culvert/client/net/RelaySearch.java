package io.culvert.client.net;

import io.culvert.client.ServerAddress;
import io.culvert.client.net.RelayedPort.Access;
import io.culvert.client.net.StreamAccess.Door;
import io.culvert.wire.transport.udp.Endpoint;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Asks several servers for an address at one of them: all at once by UDP, and when that comes to
 * nothing by TCP and TLS as well. Confined to the event loop.
 */
final class RelaySearch {
  /** So long UDP is alone when all are silent. */
  private static final Duration UDP_ALONE = Duration.ofMillis(500);

  /** So long it is when one of them answers. */
  private static final Duration UDP_PATIENCE = Duration.ofSeconds(2);

  /** Whom it is for. */
  interface Owner {
    /** Begins to ask by UDP; empty when that server knows our socket already. */
    Optional<RelayAttempt> ask(RelayPlace place);

    /** The same on a connection; it has not begun. */
    RelayAttempt ask(RelayPlace place, RelayLine line);

    /** Whether there is nothing any more that is worth to be waited for. */
    boolean mayGoWithoutUdp();

    /** Whether UDP has not been what got through the last time. */
    boolean isWithoutUdp();

    /** Nobody is left who might give one. */
    void inVain(Optional<String> why);
  }

  private final EventLoop loop;
  private final Access access;
  private final Owner owner;
  private final Set<RelayAttempt> attempts = new HashSet<>();
  private final Set<RelayAttempt> unreachable = new HashSet<>();
  private final Set<StreamKnock> knocks = new HashSet<>();
  private Optional<String> why = Optional.empty();
  private @Nullable Future<?> timer;
  private int lookups;
  private boolean hasKnocked;
  private boolean over;

  RelaySearch(EventLoop loop, Access access, Owner owner) {
    this.loop = loop;
    this.access = access;
    this.owner = owner;
  }

  /** Begins, or asks again those whom nobody asks any more. */
  void begin() {
    stopWaiting();
    lookups += access.others().size();
    ask(RelayPlace.byUdp(Access.name(access.server()), access.server()));
    access.others().forEach(this::lookUp);
    if (owner.isWithoutUdp()) {
      knock();
    } else {
      timer = loop.schedule(this::udpIsSlow, UDP_ALONE.toMillis(), TimeUnit.MILLISECONDS);
    }
    proceed();
  }

  /** Whether that one is part of it. */
  boolean has(RelayAttempt attempt) {
    return attempts.contains(attempt);
  }

  /** Why those who have been asked so far give none: a sentence for people. */
  Optional<String> why() {
    return why;
  }

  /** Asks nobody any more; returns those who are still asked. */
  Set<RelayAttempt> end() {
    over = true;
    stopWaiting();
    knocks.forEach(StreamKnock::giveUp);
    return attempts;
  }

  /** What was sent by UDP to there does not arrive, or somebody says so. */
  void unreachable(Endpoint to) {
    List<RelayAttempt> those = byUdp().filter(attempt -> attempt.endpoint().equals(to)).toList();
    if (unreachable.addAll(those) && byUdp().allMatch(unreachable::contains)) {
      knock();
    }
  }

  /** One of them is no more. */
  void ended(RelayAttempt attempt, Optional<String> reason) {
    attempts.remove(attempt);
    unreachable.remove(attempt);
    failed(reason, attempt.hasHeard());
  }

  /** A server that was asked on a connection sends us on. */
  void redirected(RelayAttempt from, InetSocketAddress to) {
    attempts.remove(from);
    Optional<Door> door = from.place().door().filter(access.streams().doors()::contains);
    if (door.isPresent()) {
      knock(from.place().name(), new Door(Access.name(to), door.get().tls())).begin();
    } else {
      failed(Optional.of("The relay %s sends us on.".formatted(from.server())), true);
    }
  }

  private void lookUp(ServerAddress name) {
    Lookup.all(name, loop)
        .whenComplete((addresses, unknown) -> {
          lookups--;
          if (over) {
            return;
          }
          if (unknown == null) {
            oneOfEachFamily(addresses)
                .filter(access::mayName)
                .forEach(address -> ask(RelayPlace.byUdp(name, address)));
            proceed();
          } else {
            failed(
                Optional.of(
                    "The relay %s cannot be reached: %s.".formatted(name, unknown.getMessage())),
                false);
          }
        });
  }

  private static Stream<InetSocketAddress> oneOfEachFamily(List<InetSocketAddress> addresses) {
    return Stream.of(Inet4Address.class, Inet6Address.class)
        .flatMap(family ->
            addresses.stream().filter(each -> family.isInstance(each.getAddress())).limit(1));
  }

  private void ask(RelayPlace place) {
    owner.ask(place).ifPresent(attempts::add);
  }

  private Stream<RelayAttempt> byUdp() {
    return attempts.stream().filter(attempt -> attempt.place().isByUdp());
  }

  private void udpIsSlow() {
    if (!hasKnocked && byUdp().anyMatch(RelayAttempt::hasHeard)) {
      timer =
          loop.schedule(
              () -> knock(), UDP_PATIENCE.minus(UDP_ALONE).toMillis(), TimeUnit.MILLISECONDS);
    } else {
      knock();
    }
  }

  /** Tries all doors at once. */
  private void knock() {
    if (!over && !hasKnocked && owner.mayGoWithoutUdp()) {
      hasKnocked = true;
      access.otherwise().ifPresent(other -> ask(RelayPlace.byUdp(Access.name(other), other)));
      access.streams().doors().stream()
          .map(door -> knock(door.address(), door))
          .toList() // all are there before the first may fail
          .forEach(StreamKnock::begin);
    }
  }

  private StreamKnock knock(ServerAddress name, Door door) {
    StreamKnock knock = new StreamKnock(loop, access, name, door, new Knocks());
    knocks.add(knock);
    return knock;
  }

  /** What a server has said tells more than that another one is silent. */
  private void failed(Optional<String> reason, boolean isSaidByServer) {
    if (why.isEmpty() || isSaidByServer) {
      why = reason;
    }
    proceed();
  }

  private void proceed() {
    if (lookups == 0 && byUdp().findAny().isEmpty()) {
      knock();
    }
    if (!over && lookups == 0 && attempts.isEmpty() && knocks.isEmpty()) {
      end();
      owner.inVain(why);
    }
  }

  private void stopWaiting() {
    if (timer != null) {
      timer.cancel(false);
    }
  }

  private final class Knocks implements StreamKnock.Outcome {
    @Override
    public RelayAttempt opened(StreamKnock knock, RelayLine line, RelayPlace place) {
      knocks.remove(knock);
      RelayAttempt attempt = owner.ask(place, line);
      attempts.add(attempt);
      return attempt;
    }

    @Override
    public void failed(StreamKnock knock, String reason) {
      knocks.remove(knock);
      RelaySearch.this.failed(Optional.of(reason), false);
    }
  }
}
