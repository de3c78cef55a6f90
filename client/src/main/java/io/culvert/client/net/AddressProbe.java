package io.culvert.client.net;

import io.culvert.wire.stun.StunAttribute.XorMappedAddress;
import io.culvert.wire.stun.StunClass;
import io.culvert.wire.stun.StunMessage;
import io.culvert.wire.stun.TransactionId;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Asks STUN servers, all at once, from which address they see a UDP socket, and again until one has
 * answered: after 100 ms, and each time after twice as long (RFC 8489 §6.2.1), for 3 s in all. Not
 * thread-safe; owns no socket and no clock.
 */
public final class AddressProbe {
  /** How long it takes at most. */
  public static final Duration PATIENCE = Duration.ofSeconds(3);

  private static final Duration FIRST_PAUSE = Duration.ofMillis(100);

  /** What is to be sent. */
  public record Request(StunMessage message, InetSocketAddress to) {
    static Request fresh(InetSocketAddress to, RandomGenerator random) {
      return new Request(StunMessage.bindingRequest(TransactionId.random(random)), to);
    }
  }

  private final List<Request> requests;
  private final Instant end;
  private final RandomGenerator random;
  private Instant next;
  private Duration pause = FIRST_PAUSE;
  private @Nullable InetSocketAddress address;
  private @Nullable InetSocketAddress answered;

  /**
   * Begins now.
   *
   * @param random fit for secrets
   */
  public AddressProbe(Collection<InetSocketAddress> servers, Instant now, RandomGenerator random) {
    this.requests = servers.stream().map(server -> Request.fresh(server, random)).toList();
    this.end = requests.isEmpty() ? now : now.plus(PATIENCE);
    this.next = now;
    this.random = random;
  }

  /** What is to be sent now. */
  public List<Request> due(Instant now) {
    if (isOver(now) || now.isBefore(next)) {
      return List.of();
    }
    next = now.plus(pause);
    pause = pause.multipliedBy(2);
    return requests;
  }

  /** Something of STUN has come; false when it is no answer to this. */
  public boolean heard(StunMessage message, InetSocketAddress from) {
    Optional<Request> request =
        requests.stream()
            .filter(r -> message.answers(r.message()) && r.to().equals(from))
            .findAny();
    if (request.isPresent() && address == null && message.messageClass() == StunClass.SUCCESS) {
      address = message.first(XorMappedAddress.class).map(XorMappedAddress::address).orElse(null);
      answered = from;
    }
    return request.isPresent();
  }

  /** Whether one has answered, or nobody will. */
  public boolean isOver(Instant now) {
    return address != null || !now.isBefore(end);
  }

  /** When something is due; empty when it is over. */
  public Optional<Instant> nextDeadline(Instant now) {
    return isOver(now) ? Optional.empty() : Optional.of(next.isBefore(end) ? next : end);
  }

  /** From where a server has seen the socket. */
  public Optional<InetSocketAddress> address() {
    return Optional.ofNullable(address);
  }

  /** What keeps the mapping alive that was seen; its answer says nothing new. */
  public Optional<Request> keepAlive() {
    return Optional.ofNullable(answered).map(server -> Request.fresh(server, random));
  }
}
