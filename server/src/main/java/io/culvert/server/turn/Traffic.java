package io.culvert.server.turn;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * Counts packets and bytes of one loop, whose thread alone adds; any thread may read, and reads
 * what may be a moment old.
 */
public final class Traffic {
  /** What is counted. */
  public enum Figure {
    /** Datagrams relayed to peers, and the bytes of data in them. */
    PACKETS_TO_PEERS,
    BYTES_TO_PEERS,
    /** The same to clients. */
    PACKETS_TO_CLIENTS,
    BYTES_TO_CLIENTS,
    /** Data of clients that have no allocation, or no such channel. */
    NO_ALLOCATION,
    NO_CHANNEL,
    /** Data to or from a peer that the client has not permitted, or that nobody may reach. */
    NO_PERMISSION,
    FORBIDDEN_PEER,
    /** Data of a length that is not its own, or to a peer of another family. */
    BAD_DATA,
    /** Data beyond the bandwidth of its user, or of all. */
    OVER_BANDWIDTH,
    /** Data to a client that does not read fast enough. */
    SLOW_CLIENT,
    /** ICMP messages of peers passed on. */
    ICMP
  }

  private static final VarHandle SUM;

  static {
    try {
      SUM = MethodHandles.lookup().findVarHandle(Tally.class, "sum", long.class);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("the field is right below", e);
    }
  }

  private static final class Tally {
    private long sum;
  }

  private final Map<Figure, Tally> tallies = new EnumMap<>(Figure.class);

  Traffic() {
    for (Figure figure : Figure.values()) {
      tallies.put(figure, new Tally());
    }
  }

  void count(Figure figure) {
    add(figure, 1);
  }

  void add(Figure figure, long more) {
    Tally tally = of(figure);
    SUM.setOpaque(tally, tally.sum + more);
  }

  long sum(Figure figure) {
    return (long) SUM.getOpaque(of(figure));
  }

  private Tally of(Figure figure) {
    return Objects.requireNonNull(tallies.get(figure));
  }
}
