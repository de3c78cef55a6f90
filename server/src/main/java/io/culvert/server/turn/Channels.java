package io.culvert.server.turn;

import io.culvert.wire.transport.udp.Endpoint;
import io.culvert.wire.transport.udp.EndpointMap;
import io.netty.util.collection.IntObjectHashMap;
import io.netty.util.collection.IntObjectMap;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The channels of an allocation, each found by its number and by its peer. */
final class Channels {
  /** RFC 8656 §12. */
  static final Duration LIFETIME = Duration.ofMinutes(10);

  /** As many as there may be permissions. */
  static final int MOST = Permissions.MOST;

  private final IntObjectMap<Channel> byNumber = new IntObjectHashMap<>(4);
  private final EndpointMap<Channel> byPeer;
  private final NextEnd nextEnd = new NextEnd();

  Channels(long seed) {
    byPeer = new EndpointMap<>(seed);
  }

  int size() {
    return byPeer.size();
  }

  @Nullable Channel of(int number) {
    return byNumber.get(number);
  }

  @Nullable Channel of(long high, long low, int port) {
    return byPeer.get(high, low, port);
  }

  /** Whether number and peer are bound to each other, or both to nothing (RFC 8656 §12.2). */
  boolean canBind(int number, Endpoint peer) {
    return of(number) == byPeer.get(peer);
  }

  /** Binds a number that {@link #canBind} has allowed, or keeps it bound. */
  void bind(int number, Endpoint peer, Relay relay, long nowNanos) {
    long end = nowNanos + LIFETIME.toNanos();
    Channel known = of(number);
    if (known == null) {
      Channel channel = new Channel(number, peer, relay, end);
      byNumber.put(number, channel);
      byPeer.put(peer, channel);
    } else {
      known.extend(end);
    }
    nextEnd.note(end);
  }

  /** Ends those to peers that this relay has led to. */
  void endThrough(Relay relay) {
    List<Channel> ended = new ArrayList<>();
    byPeer.forEach((peer, channel) -> {
      if (channel.relay() == relay) {
        ended.add(channel);
      }
    });
    ended.forEach(this::remove);
  }

  /** Ends what is to end by now. */
  void expire(long nowNanos) {
    nextEnd.ended(byPeer, Channel::endNanos, nowNanos).forEach(this::remove);
  }

  private void remove(Channel channel) {
    byNumber.remove(channel.number());
    byPeer.remove(channel.peer());
  }
}
