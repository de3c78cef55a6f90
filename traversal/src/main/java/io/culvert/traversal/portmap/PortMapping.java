package io.culvert.traversal.portmap;

import io.culvert.wire.portmap.PortProtocol;
import io.culvert.wire.portmap.PortmapMessage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A port of ours at the router in front of us: tell it what happened, do what it answers.
 *
 * <p>The router is asked in all ways at once whether it can be asked for ports, which leaves no
 * traces there; the best that answers is asked for one. A port counts when it is at an address from
 * which a STUN server has seen us; else there is another NAT behind the router, and the port is
 * kept in mind for the explanation only. It is renewed until it is given back, asked for again when
 * the router has forgotten it, and in the next best way when this one fails.
 *
 * <p>Not thread-safe; owns no socket and no clock. {@link Action.Ended} is always the last action;
 * events after it are ignored.
 */
public final class PortMapping {
  /** RFC 6887 §8.1.1, MRT: the pause of somebody who is never answered. */
  static final Duration AGAIN = Duration.ofSeconds(1024);

  /** However short a refusal is meant. */
  private static final Duration SOON = Duration.ofMinutes(1);

  /** A router that announces its reboot to many hosts is not to be asked by all of them at once. */
  private static final int AFTER_ANNOUNCEMENT_MILLIS = 1000;

  /** What happened. */
  public sealed interface Event {
    /** Something of PCP or NAT-PMP has come from there, to us or to all. */
    record Heard(PortmapMessage message, InetSocketAddress from) implements Event {}

    /** The router's system says that nobody listens there. */
    record Unreachable() implements Event {}

    /** It can be asked by UPnP. */
    record UpnpFound() implements Event {}

    /**
     * It cannot.
     *
     * @param why a sentence for people
     */
    record UpnpMissing(String why) implements Event {}

    /** What {@link Action.MapByUpnp} has come to; how long is zero when it is for ever. */
    record UpnpMapped(PortProtocol protocol, InetSocketAddress external, Duration lifetime)
        implements Event {}

    /**
     * What it has come to, too.
     *
     * @param why a sentence for people
     */
    record UpnpRefused(PortProtocol protocol, String why) implements Event {}

    /** {@link Action.UnmapByUpnp} is done, as well as can be. */
    record UpnpUnmapped(PortProtocol protocol) implements Event {}

    /** From these addresses STUN servers see us; all of them, each time. */
    record Seen(Set<InetAddress> addresses) implements Event {}

    /** The router may have forgotten us, or have another address: it is asked at once. */
    record Doubted() implements Event {}

    /** {@link #nextDeadline} has come. */
    record DeadlineReached() implements Event {}

    /** The port is not needed any more. */
    record Close() implements Event {}
  }

  /** What to do now. */
  public sealed interface Action {
    /** Send this to port {@link PortmapMessage#SERVER_PORT} of the router. */
    record Send(PortmapMessage message) implements Action {}

    /** Find out whether the router can be asked by UPnP, and say so. */
    record FindUpnp() implements Action {}

    /** Ask by UPnP for that outer port or another one, or to keep it. */
    record MapByUpnp(PortProtocol protocol, int suggestedPort, Duration lifetime)
        implements Action {}

    /** Give it back by UPnP. */
    record UnmapByUpnp(PortProtocol protocol, int externalPort) implements Action {}

    /** Peers reach us there. */
    record Opened(Mapping mapping) implements Action {}

    /** They do not any more. */
    record Closed(Mapping mapping) implements Action {}

    /** The router has begun anew, or has another address: so it knows nothing of us any more. */
    record Rebooted() implements Action {}

    /** Everything is given back. */
    record Ended() implements Action {}
  }

  private final Gateway gateway;
  private final Set<PortProtocol> protocols;
  private final RandomGenerator random;
  private final Ways ways;
  private final Map<PortProtocol, Lease> leases = new EnumMap<>(PortProtocol.class);
  private final Announcements announcements = new Announcements();
  private final List<Action> actions = new ArrayList<>();
  private @Nullable Server chosen;
  private Set<InetAddress> seen = Set.of();
  private Instant againDue = Instant.MAX;
  private Instant calmUntil = Instant.MIN;
  private Duration refusedFor = AGAIN;
  private boolean closing;
  private boolean ended;

  /**
   * Begins now: tell it at once that its deadline has been reached.
   *
   * @param port ours, which is to be reachable
   * @param protocols UDP, and TCP when that port is listened at, too
   * @param random fit for secrets
   */
  public PortMapping(
      Gateway gateway, int port, Set<PortProtocol> protocols, RandomGenerator random, Instant now) {
    if (!protocols.contains(PortProtocol.UDP)) {
      throw new IllegalArgumentException("What is asked for is UDP, or UDP and TCP.");
    }
    this.gateway = gateway;
    this.protocols = Set.copyOf(protocols);
    this.random = random;
    PcpServer pcp = new PcpServer(gateway, port, random);
    this.ways =
        new Ways(
            gateway.isIpv4()
                ? List.of(pcp, new NatPmpServer(port), new UpnpServer(port))
                : List.of(pcp));
    begin(now);
  }

  /** Takes in what happened and answers what to do, in order. */
  public List<Action> on(Event event, Instant now) {
    actions.clear();
    if (!ended) {
      take(event, now);
      if (closing) {
        leave(now);
      } else {
        keep(now);
        ask(now);
        choose(now);
      }
      actions.addAll(announcements.update(usable()));
      endWhenLeft();
    }
    return List.copyOf(actions);
  }

  /**
   * When to send {@link Event.DeadlineReached} unless something happens before; empty at the end.
   */
  public Optional<Instant> nextDeadline() {
    if (ended) {
      return Optional.empty();
    }
    Instant next = closing ? Instant.MAX : earlier(againDue, ways.nextDeadline());
    for (Lease lease : leases.values()) {
      next = earlier(next, lease.nextDeadline());
    }
    return next.equals(Instant.MAX) ? Optional.empty() : Optional.of(next);
  }

  /** What has come of each way of asking, the best first; any time. */
  public List<Finding> findings() {
    return ways.all().stream()
        .map(server ->
            Explanation.of(server, server == chosen, udp().flatMap(Lease::external), seen))
        .toList();
  }

  private Optional<Lease> udp() {
    return Optional.ofNullable(leases.get(PortProtocol.UDP));
  }

  private void begin(Instant now) {
    chosen = null;
    leases.clear();
    againDue = Instant.MAX;
    refusedFor = AGAIN;
    ways.begin(now);
  }

  private void take(Event event, Instant now) {
    switch (event) {
      case Event.Seen(Set<InetAddress> addresses) -> see(addresses, now);
      case Event.Doubted() -> doubt(now);
      case Event.Close() -> close(now);
      case Event.DeadlineReached() -> {}
      case Event.Heard(_, InetSocketAddress from) when !isGateway(from) -> {} // not from there
      default -> {
        for (Server server : ways.all()) {
          for (Reply reply : server.read(event, now)) {
            take(reply, server, now);
          }
        }
      }
    }
  }

  private boolean isGateway(InetSocketAddress from) {
    return from.getPort() == PortmapMessage.SERVER_PORT
        && gateway.address().equals(from.getAddress());
  }

  /** When we are seen elsewhere than before, the router may have got another address. */
  private void see(Set<InetAddress> addresses, Instant now) {
    boolean changed = !seen.isEmpty() && !seen.equals(addresses);
    seen = Set.copyOf(addresses);
    if (changed) {
      doubt(now);
    }
  }

  private void doubt(Instant now) {
    if (!closing) {
      leases.values().forEach(lease -> lease.doubt(now));
      if (!againDue.equals(Instant.MAX)) {
        againDue = now;
      }
    }
  }

  private void take(Reply reply, Server server, Instant now) {
    switch (reply) {
      case Reply.Present() -> server.isPresent(now);
      case Reply.Absent(String why) -> {
        if (server.stage() == Server.Stage.ASKED) {
          server.isAbsent(why); // and else it has been there, and will be again
        }
      }
      case Reply.Granted grant -> {
        if (server == chosen && !closing) {
          grant(server, grant, now);
        }
      }
      case Reply.Refused refusal -> refuse(server, refusal);
      case Reply.Removed(var protocol) -> {
        if (closing && server == chosen) {
          leases.remove(protocol);
        }
      }
      case Reply.Moved(InetAddress external) -> {
        server.isPresent(now);
        if (server == chosen) {
          leases.values().forEach(lease -> lease.moved(external));
          rebooted(now);
        }
      }
      case Reply.Forgotten() -> {
        if (server == chosen && !closing) {
          leases.values().forEach(lease -> lease.ask(aMomentLater(now)));
          rebooted(now);
        }
      }
    }
  }

  /** One that says so all the time is not believed each time. */
  private void rebooted(Instant now) {
    if (!now.isBefore(calmUntil)) {
      calmUntil = now.plus(SOON);
      actions.add(new Action.Rebooted());
    }
  }

  private void grant(Server server, Reply.Granted grant, Instant now) {
    Lease lease = leases.get(grant.protocol());
    Duration lifetime = grant.lifetime().isZero() ? Lease.LIFETIME : grant.lifetime();
    if (lease == null) {
      return;
    }
    if (lifetime.compareTo(Lease.SHORTEST) < 0) {
      refuse(
          server,
          new Reply.Refused(
              Optional.of(grant.protocol()),
              "The router gives us a port by %s for %d s only."
                  .formatted(server.means(), lifetime.toSeconds()),
              AGAIN));
    } else {
      lease.granted(grant.external(), lifetime, now);
    }
  }

  /** Without a port for UDP another way is tried; without one for TCP there is none. */
  private void refuse(Server server, Reply.Refused refusal) {
    if (closing) {
      if (server == chosen) {
        refusal.protocol().ifPresentOrElse(leases::remove, leases::clear);
      }
      return;
    }
    refusedFor = shorter(refusedFor, longer(refusal.meantFor(), SOON));
    if (refusal.protocol().equals(Optional.of(PortProtocol.TCP))) {
      if (server == chosen) {
        leases.remove(PortProtocol.TCP);
      }
      return;
    }
    server.refuses(refusal.why());
    if (server == chosen) {
      drop();
    }
  }

  private void drop() {
    chosen = null;
    leases.clear();
  }

  private Instant aMomentLater(Instant now) {
    return now.plusMillis(random.nextInt(AFTER_ANNOUNCEMENT_MILLIS));
  }

  private void keep(Instant now) {
    for (Lease lease : List.copyOf(leases.values())) {
      if (!lease.isGone(now)) {
        lease
            .pass(now)
            .ifPresent(request -> {
              lease.addressQuestion().ifPresent(actions::add);
              actions.add(request);
            });
      } else if (lease.protocol() == PortProtocol.UDP) {
        lose(lease, now);
        return;
      } else {
        leases.remove(lease.protocol());
      }
    }
  }

  /** A router that has kept a port for us and does not any more is a new one. */
  private void lose(Lease lease, Instant now) {
    Server server = chosen;
    drop();
    if (lease.external().isPresent()) {
      begin(now);
    } else if (server != null) {
      server.isAbsent(
          "The router speaks %s, but does not answer when it is asked for a port."
              .formatted(server.means()));
    }
  }

  private void ask(Instant now) {
    if (!againDue.isAfter(now)) {
      begin(now);
    }
    actions.addAll(ways.ask(now));
  }

  private void choose(Instant now) {
    if (chosen == null) {
      ways.best(now).ifPresent(server -> choose(server, now));
    }
    if (ways.haveAllFailed() && againDue.equals(Instant.MAX)) {
      againDue = now.plus(refusedFor);
    }
  }

  private void choose(Server server, Instant now) {
    chosen = server;
    againDue = Instant.MAX;
    protocols.forEach(protocol -> leases.put(protocol, new Lease(protocol, server, random, now)));
    keep(now);
  }

  /** What peers can use now. */
  private Map<PortProtocol, Mapping> usable() {
    Map<PortProtocol, Mapping> usable = new EnumMap<>(PortProtocol.class);
    Server by = chosen;
    if (by != null && !closing) {
      for (Lease lease : leases.values()) {
        lease
            .external()
            .filter(external -> seen.contains(external.getAddress()))
            .ifPresent(external ->
                usable.put(lease.protocol(), new Mapping(by.means(), lease.protocol(), external)));
      }
    }
    return usable;
  }

  private void close(Instant now) {
    if (!closing) {
      closing = true;
      leases.values().forEach(lease -> lease.leave(now));
    }
  }

  private void leave(Instant now) {
    leases.values().removeIf(lease -> lease.isGone(now));
    leases.values().forEach(lease -> lease.pass(now).ifPresent(actions::add));
  }

  private void endWhenLeft() {
    if (closing && leases.isEmpty()) {
      ended = true;
      actions.add(new Action.Ended());
    }
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static Duration longer(Duration one, Duration other) {
    return one.compareTo(other) > 0 ? one : other;
  }

  private static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
