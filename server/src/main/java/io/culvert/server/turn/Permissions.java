package io.culvert.server.turn;

import io.culvert.wire.transport.udp.Endpoint;
import io.culvert.wire.transport.udp.EndpointMap;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** With which addresses an allocation exchanges data, whatever their ports. */
final class Permissions {
  /** RFC 8656 §9. */
  static final Duration LIFETIME = Duration.ofMinutes(5);

  /** More peers than any client has that means well. */
  static final int MOST = 128;

  private final EndpointMap<Permission> all;
  private final NextEnd nextEnd = new NextEnd();

  Permissions(long seed) {
    all = new EndpointMap<>(seed);
  }

  int size() {
    return all.size();
  }

  @Nullable Permission of(long high, long low) {
    return all.get(high, low, 0);
  }

  /** Lets an address in, or lets it stay. */
  void install(long high, long low, long nowNanos) {
    long end = nowNanos + LIFETIME.toNanos();
    Permission known = of(high, low);
    if (known == null) {
      Endpoint address = new Endpoint(high, low, 0);
      all.put(address, new Permission(address, end));
    } else {
      known.extend(end);
    }
    nextEnd.note(end);
  }

  /** Ends what is to end by now. */
  void expire(long nowNanos) {
    nextEnd
        .ended(all, Permission::endNanos, nowNanos)
        .forEach(permission -> all.remove(permission.address()));
  }
}
