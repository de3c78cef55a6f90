package io.culvert.server.turn;

import io.culvert.server.net.OnceAMinute;
import io.culvert.server.turn.pool.PortPool;
import io.culvert.wire.transport.SocketError;
import java.io.IOException;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives an allocation its relays: a port of the pool and a socket there. */
final class RelayPorts {
  /** What an opened relay may ask of its port. */
  enum Wish {
    /** Any port. */
    ANY,
    /** An even one (RFC 8656 §18.8). */
    EVEN,
    /** An even one, and the next for later. */
    EVEN_AND_NEXT
  }

  private static final Logger log = LoggerFactory.getLogger(RelayPorts.class);

  /** So many ports that other programs have taken are tried. */
  private static final int ATTEMPTS = 16;

  private final RelaySockets sockets;
  private final Relaying relaying;
  private final OnceAMinute telling = new OnceAMinute();

  RelayPorts(RelaySockets sockets, Relaying relaying) {
    this.sockets = sockets;
    this.relaying = relaying;
  }

  /** Gives the allocation a relay at that address; null when there is no port for it. */
  @Nullable Relay open(Allocation allocation, RelayAddress home, Wish wish) {
    int[] taken = new int[ATTEMPTS];
    int attempts = 0;
    Relay opened = null;
    boolean anotherMayDo = true;
    while (opened == null && anotherMayDo && attempts < ATTEMPTS) {
      int port = take(home.ports(), wish);
      if (port == PortPool.NONE) {
        break;
      }
      try {
        opened = tryAt(allocation, home, port);
      } catch (IOException e) {
        tell(e);
        anotherMayDo = isForeign(e);
        taken[attempts] = port;
        attempts++;
      }
    }
    // Not before: it might have been the next one that the pool gives.
    for (int i = 0; i < attempts; i++) {
      home.ports().give(taken[i]);
      if (wish == Wish.EVEN_AND_NEXT) {
        home.ports().give(taken[i] + 1);
      }
    }
    return opened;
  }

  private static int take(PortPool pool, Wish wish) {
    return switch (wish) {
      case ANY -> pool.take();
      case EVEN -> pool.takeEven();
      case EVEN_AND_NEXT -> pool.takePair();
    };
  }

  /** The same at a port that has been taken from the pool; null when that cannot be had. */
  @Nullable Relay openAt(Allocation allocation, RelayAddress home, int port) {
    try {
      return tryAt(allocation, home, port);
    } catch (IOException e) {
      tell(e);
      return null;
    }
  }

  private Relay tryAt(Allocation allocation, RelayAddress home, int port) throws IOException {
    Relay relay = new Relay(relaying, home);
    InetSocketAddress address = home.local(port);
    if (allocation.isTcp()) {
      relay.opened(sockets.open(address, relaying.owner(allocation, home)));
    } else {
      relay.opened(sockets.open(address, relay), allocation);
    }
    relay.endNanos(allocation.grant().endNanos());
    allocation.add(relay);
    return relay;
  }

  private void tell(IOException failure) {
    if (!isForeign(failure) && telling.isDue()) {
      log.warn("turn: no socket for a relay: {}.", SocketError.explain(failure));
    }
  }

  /** Whether another program has the port: nothing to tell, and the next one may be free. */
  private static boolean isForeign(IOException failure) {
    return SocketError.of(failure) == SocketError.ADDRESS_IN_USE;
  }
}
