package io.culvert.client.turn;

import io.culvert.wire.stun.ChannelData;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who may send to an allocation and be sent to from it, RFC 8656 §9, and by which channels, §12.
 */
final class Peers {
  /** Half of their life (RFC 8656 §9 and §12). */
  static final Duration PERMISSIONS_REFRESHED_AFTER = Duration.ofMinutes(5).dividedBy(2);

  static final Duration CHANNELS_REFRESHED_AFTER = Duration.ofMinutes(10).dividedBy(2);

  static final int NO_CHANNEL = 0;

  /** Something that the server has granted, or has been asked for. */
  private static final class Grant {
    final Request request;
    boolean granted;
    Instant due = Instant.MAX;

    Grant(Request request) {
      this.request = request;
    }
  }

  private final Map<InetAddress, Grant> permissions = new HashMap<>();
  private final Map<InetSocketAddress, Grant> channels = new HashMap<>();
  private final Map<Integer, InetSocketAddress> byChannel = new HashMap<>();

  /** Kept for good: a channel and a peer that were bound may not be to others soon (§12). */
  private final Map<InetSocketAddress, Integer> numbers = new HashMap<>();

  /** What is to be asked for so that this peer is permitted; null when it has been already. */
  @Nullable Request permit(InetAddress peer) {
    Request request = new Request.Permit(peer);
    return permissions.putIfAbsent(peer, new Grant(request)) == null ? request : null;
  }

  /** What is to be asked for so that this peer has a channel; null when it has been already. */
  @Nullable Request bind(InetSocketAddress peer) {
    if (channels.containsKey(peer)) {
      return null;
    }
    int channel = Objects.requireNonNullElse(numbers.get(peer), ChannelData.FIRST + numbers.size());
    if (channel > ChannelData.LAST) {
      return null;
    }
    numbers.put(peer, channel);
    Request request = new Request.Bind(channel, peer);
    channels.put(peer, new Grant(request));
    byChannel.put(channel, peer);
    return request;
  }

  /** The server has granted it; false for what has been granted before. */
  boolean granted(Request.Permit permission, Instant now) {
    return granted(permissions.get(permission.peer()), now.plus(PERMISSIONS_REFRESHED_AFTER));
  }

  /** The server has granted it; false for what has been granted before. */
  boolean granted(Request.Bind channel, Instant now) {
    return granted(channels.get(channel.peer()), now.plus(CHANNELS_REFRESHED_AFTER));
  }

  private static boolean granted(@Nullable Grant grant, Instant refresh) {
    if (grant == null) {
      return false;
    }
    boolean fresh = !grant.granted;
    grant.granted = true;
    grant.due = refresh;
    return fresh;
  }

  /** The server does not want to, now: it may have given all that it has to others. */
  void refused(Request.Permit permission) {
    permissions.remove(permission.peer());
  }

  /** Nobody is expected there any more: what the server has granted is not kept alive. */
  void forget(InetAddress peer) {
    permissions.remove(peer);
    channels.keySet().removeIf(address -> address.getAddress().equals(peer));
  }

  /** The server does not want to. */
  void refused(Request.Bind channel) {
    channels.put(channel.peer(), new Grant(channel));
  }

  boolean isPermitted(InetAddress peer) {
    Grant grant = permissions.get(peer);
    return grant != null && grant.granted;
  }

  /** The channel of this peer, once the server knows it; else {@link #NO_CHANNEL}. */
  int channel(InetSocketAddress peer) {
    Grant grant = channels.get(peer);
    return grant != null && grant.granted && grant.request instanceof Request.Bind bind
        ? bind.channel()
        : NO_CHANNEL;
  }

  /** Whose channel this is, though our request for it may not be answered yet. */
  @Nullable InetSocketAddress peer(int channel) {
    return byChannel.get(channel);
  }

  /** What is to be asked for again now. */
  Stream<Request> due(Instant now) {
    return grants().filter(grant -> !grant.due.isAfter(now)).toList().stream()
        .map(grant -> {
          grant.due = Instant.MAX; // until it is answered
          return grant.request;
        });
  }

  /** When something is due; the far future when nothing is. */
  Instant nextDeadline() {
    return grants().map(grant -> grant.due).min(Instant::compareTo).orElse(Instant.MAX);
  }

  /** All that has been granted is to be asked for again now. */
  void renew(Instant now) {
    grants().filter(grant -> !grant.due.equals(Instant.MAX)).forEach(grant -> grant.due = now);
  }

  private Stream<Grant> grants() {
    return Stream.concat(permissions.values().stream(), channels.values().stream());
  }
}
