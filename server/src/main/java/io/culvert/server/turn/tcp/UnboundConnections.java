package io.culvert.server.turn.tcp;

import io.culvert.wire.transport.udp.Endpoint;
import java.security.SecureRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Connections with peers that no connection of a client has been bound to yet, of all loops.
 * Thread-safe.
 */
public final class UnboundConnections {
  private final ConcurrentMap<Integer, PeerConnection> all = new ConcurrentHashMap<>();
  private final SecureRandom random = new SecureRandom();

  /** How many there are. */
  public int size() {
    return all.size();
  }

  /** Has the connection found by a number that nobody can guess, which is returned. */
  int add(PeerConnection connection) {
    int id = random.nextInt();
    while (all.putIfAbsent(id, connection) != null) {
      id = random.nextInt();
    }
    return id;
  }

  /** Whether it was still there. */
  boolean remove(int id, PeerConnection connection) {
    return all.remove(id, connection);
  }

  /** Whose connection that is: where the client that has the relay comes from; null for none. */
  public @Nullable Endpoint clientOf(int id) {
    PeerConnection connection = all.get(id);
    return connection == null ? null : connection.client();
  }

  /** Gives one away, to this user only; null when there is none for him. */
  public @Nullable PeerConnection claim(int id, String user) {
    PeerConnection connection = all.get(id);
    return connection != null && connection.isOf(user) && all.remove(id, connection)
        ? connection
        : null;
  }
}
