package io.culvert.server.turn;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Counts packets and bytes of one loop, whose thread alone adds; any thread may read, and reads
 * what may be a moment old.
 */
public final class Traffic {
  /** What is counted. */
  public enum Figure {
    /** Datagrams relayed to peers; and bytes of data, in these or over TCP. */
    PACKETS_TO_PEERS(0),
    BYTES_TO_PEERS(1),
    /** The same to clients. */
    PACKETS_TO_CLIENTS(2),
    BYTES_TO_CLIENTS(3),
    /** Data of clients that have no allocation, or no such channel. */
    NO_ALLOCATION(4),
    NO_CHANNEL(5),
    /** Data to or from a peer that the client has not permitted, or that nobody may reach. */
    NO_PERMISSION(6),
    FORBIDDEN_PEER(7),
    /** Data of a length that is not its own or no datagram's, or to a peer of another family. */
    BAD_DATA(8),
    /** Data beyond the bandwidth of its user, or of all. */
    OVER_BANDWIDTH(9),
    /** Data to a client that does not read fast enough. */
    SLOW_CLIENT(10),
    /** ICMP messages of peers passed on. */
    ICMP(11);

    private final int place;

    Figure(int place) {
      this.place = place;
    }
  }

  private static final VarHandle COUNT = MethodHandles.arrayElementVarHandle(long[].class);

  private final long[] counts = new long[Figure.values().length];

  void count(Figure figure) {
    add(figure, 1);
  }

  void add(Figure figure, long more) {
    COUNT.setOpaque(counts, figure.place, counts[figure.place] + more);
  }

  long sum(Figure figure) {
    return (long) COUNT.getOpaque(counts, figure.place);
  }
}
