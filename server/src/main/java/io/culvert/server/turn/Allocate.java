package io.culvert.server.turn;

import io.culvert.server.net.Counters;
import io.culvert.server.turn.RelayPorts.Wish;
import io.culvert.server.turn.pool.Quotas;
import io.culvert.server.turn.pool.Reservations.Reservation;
import io.culvert.wire.stun.AddressFamily;
import io.culvert.wire.stun.AttributeType;
import io.culvert.wire.stun.StunWriter;
import io.culvert.wire.stun.TurnAttribute.RequestedTransport;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** Allocate requests: a client gets a relayed address, or two (RFC 8656 §7.2). */
final class Allocate {
  private final Resources resources;
  private final Allocations allocations;
  private final RelayPorts ports;
  private final Mobility mobility;
  private final Counters<TurnCounter> counters;

  Allocate(Resources resources, Allocations allocations, RelayPorts ports, Mobility mobility) {
    this.resources = resources;
    this.allocations = allocations;
    this.ports = ports;
    this.mobility = mobility;
    this.counters = resources.counters();
  }

  void handle(Exchange exchange, long nowNanos) {
    Allocation existing = exchange.client().allocation();
    if (existing != null) {
      repeat(exchange, existing);
      return;
    }
    InetSocketAddress alternate = resources.settings().alternateServer().orElse(null);
    if (alternate != null && isReachable(alternate, exchange.client())) {
      exchange.redirect(alternate);
      return;
    }
    Refusal refusal = judge(exchange.request(), exchange.client().transport());
    if (refusal == null) {
      refusal = allocate(exchange, nowNanos);
    }
    if (refusal != null) {
      exchange.refuse(refusal);
    }
  }

  /** A client is sent to an address of its own family only (RFC 8489 §14.15). */
  private static boolean isReachable(InetSocketAddress alternate, Client client) {
    return alternate.getAddress() instanceof Inet4Address == client.remote().isIpv4();
  }

  /** The answer may have been lost: who repeats the request gets it again. */
  private static void repeat(Exchange exchange, Allocation existing) {
    if (!exchange.isOwner(existing)) {
      exchange.refuse(Refusal.WRONG_CREDENTIALS);
    } else if (existing.grant().id().equals(exchange.request().reader().transactionId())) {
      answer(exchange, existing);
    } else {
      exchange.refuse(Refusal.ALLOCATION_MISMATCH);
    }
  }

  /** What is wrong with the request whatever there is to allocate. */
  private @Nullable Refusal judge(Request request, ClientTransport transport) {
    boolean family = request.requestedFamily() != Request.ABSENT;
    boolean additional = request.additionalFamily() != Request.ABSENT;
    if (request.requestedTransport() == Request.ABSENT
        || (request.hasToken() && (request.wantsEvenPort() || family || additional))
        || (additional && (family || request.reservesNextPort()))
        || (additional && request.additionalFamily() != AddressFamily.IPV6)) {
      return Refusal.BAD_REQUEST;
    }
    if (request.requestedTransport() == RequestedTransport.TCP && !canBeTcp(request, transport)) {
      return Refusal.BAD_REQUEST;
    }
    if (request.requestedTransport() != RequestedTransport.UDP
        && request.requestedTransport() != RequestedTransport.TCP) {
      return Refusal.TRANSPORT_NOT_SUPPORTED;
    }
    if (family && !Request.isFamily(request.requestedFamily())) {
      return Refusal.FAMILY_NOT_SUPPORTED;
    }
    // Connections cannot be taken along.
    boolean mobility =
        resources.settings().mobility() && request.requestedTransport() != RequestedTransport.TCP;
    if (request.hasTicket() && !mobility) {
      return Refusal.MOBILITY_FORBIDDEN;
    }
    return resources.isDraining() ? Refusal.INSUFFICIENT_CAPACITY : null;
  }

  /** RFC 6062 §5.1. */
  private static boolean canBeTcp(Request request, ClientTransport transport) {
    return transport.isStream()
        && !request.wantsEvenPort()
        && !request.hasToken()
        && !request.wantsNoFragments();
  }

  private @Nullable Refusal allocate(Exchange exchange, long nowNanos) {
    Request request = exchange.request();
    if (!request.hasToken()) {
      return switch (resources.quotas().take(exchange.user(), nowNanos)) {
        case Quotas.Granted place -> allocate(exchange, place, null, nowNanos);
        case Quotas.Refused refused -> refusal(refused);
      };
    }
    Reservation reservation =
        resources.reservations().claim(request.token(), exchange.user(), nowNanos);
    if (reservation == null) {
      return Refusal.INSUFFICIENT_CAPACITY;
    }
    Refusal refusal = allocate(exchange, reservation.place(), reservation, nowNanos);
    if (refusal != null) {
      reservation.pool().give(reservation.port());
    }
    return refusal;
  }

  /** Takes that place in the quota, which is free again when this is refused. */
  private @Nullable Refusal allocate(
      Exchange exchange, Quotas.Granted place, @Nullable Reservation reservation, long nowNanos) {
    Allocation allocation = allocation(exchange, place, nowNanos);
    Refusal refusal = open(exchange.request(), allocation, reservation);
    if (refusal != null) {
      resources.quotas().free(exchange.user());
      allocation.client().released();
      return refusal;
    }
    allocations.add(allocation);
    if (exchange.request().hasTicket()) {
      mobility.issue(allocation);
    }
    counters.count(TurnCounter.ALLOCATED);
    answer(exchange, allocation);
    return null;
  }

  private static Refusal refusal(Quotas.Refused refused) {
    return switch (refused) {
      case USER_QUOTA -> Refusal.QUOTA_REACHED;
      case CAPACITY -> Refusal.INSUFFICIENT_CAPACITY;
    };
  }

  private Allocation allocation(Exchange exchange, Quotas.Granted granted, long nowNanos) {
    Request request = exchange.request();
    long seconds = Lifetimes.granted(request.lifetime(), resources.settings().maxLifetimeSeconds());
    Grant grant =
        new Grant(
            exchange.user(),
            request.reader().transactionId(),
            nowNanos,
            seconds,
            request.requestedTransport() == RequestedTransport.TCP,
            granted.bandwidth());
    return new Allocation(exchange.client().lasting(), grant, resources.randomLong());
  }

  private @Nullable Refusal open(
      Request request, Allocation allocation, @Nullable Reservation reservation) {
    if (reservation != null) {
      RelayAddress home = resources.home(reservation.pool());
      return ports.openAt(allocation, home, reservation.port()) == null
          ? Refusal.INSUFFICIENT_CAPACITY
          : null;
    }
    if (request.reservesNextPort()) {
      return openTwo(request, allocation);
    }
    Wish wish = request.wantsEvenPort() ? Wish.EVEN : Wish.ANY;
    Refusal refusal = openOne(allocation, wantsIpv4(request), wish);
    if (request.additionalFamily() == Request.ABSENT) {
      return refusal;
    }
    Refusal additional = openOne(allocation, false, wish);
    if (refusal != null && additional != null) {
      return refusal;
    }
    allocation.grant().lacksOne(refusal == null ? additional : refusal);
    return null;
  }

  private static boolean wantsIpv4(Request request) {
    return request.requestedFamily() != AddressFamily.IPV6;
  }

  private @Nullable Refusal openOne(Allocation allocation, boolean ipv4, Wish wish) {
    RelayAddress home = resources.relayAddress(ipv4);
    if (home == null) {
      return Refusal.FAMILY_NOT_SUPPORTED;
    }
    return ports.open(allocation, home, wish) == null ? Refusal.INSUFFICIENT_CAPACITY : null;
  }

  /** One relay, and the next port for another one of the same user, which counts at once. */
  private @Nullable Refusal openTwo(Request request, Allocation allocation) {
    String user = allocation.grant().user();
    long nowNanos = allocation.grant().startNanos();
    RelayAddress home = resources.relayAddress(wantsIpv4(request));
    if (home == null) {
      return Refusal.FAMILY_NOT_SUPPORTED;
    }
    return switch (resources.quotas().take(user, nowNanos)) {
      case Quotas.Granted place -> openTwo(allocation, home, place);
      case Quotas.Refused refused -> refusal(refused);
    };
  }

  private @Nullable Refusal openTwo(Allocation allocation, RelayAddress home, Quotas.Granted next) {
    Grant grant = allocation.grant();
    Relay relay = ports.open(allocation, home, Wish.EVEN_AND_NEXT);
    if (relay == null) {
      resources.quotas().free(grant.user());
      return Refusal.INSUFFICIENT_CAPACITY;
    }
    int nextPort = relay.address().port() + 1;
    grant.reserved(
        resources
            .reservations()
            .reserve(grant.user(), next, home.ports(), nextPort, grant.startNanos()));
    return null;
  }

  private static void answer(Exchange exchange, Allocation allocation) {
    Grant grant = allocation.grant();
    StunWriter writer = exchange.succeed();
    exchange.relayed(allocation.first());
    exchange.relayed(allocation.second());
    writer.unsignedInt(AttributeType.LIFETIME, grant.seconds());
    Long token = grant.token();
    if (token != null) {
      writer.longValue(AttributeType.RESERVATION_TOKEN, token);
    }
    Refusal missing = grant.missing();
    if (missing != null) {
      exchange.addressError(allocation.relay(true) == null, missing);
    }
    exchange.mapped();
    exchange.ticket(allocation.passport());
    exchange.send();
  }
}
