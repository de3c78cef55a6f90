package io.culvert.server.turn;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The four ports of a server with two addresses, by which a client finds out what its NAT does (RFC
 * 5780): each address has the same two ports. One loop's.
 */
final class Discovery {
  private final List<DatagramListener> listeners = new ArrayList<>();

  void add(DatagramListener listener) {
    listeners.add(listener);
    listener.discovery(this);
  }

  /** The port that differs from that one in its address, its port number, both or nothing. */
  @Nullable DatagramListener from(DatagramListener one, boolean otherAddress, boolean otherPort) {
    for (DatagramListener listener : listeners) {
      if (listener.sharesAddress(one) != otherAddress
          && listener.sharesPortNumber(one) != otherPort) {
        return listener;
      }
    }
    return null;
  }
}
