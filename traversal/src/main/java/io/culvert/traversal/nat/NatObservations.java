package io.culvert.traversal.nat;

import io.culvert.traversal.nat.NatProfile.Ports;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * Where STUN servers have seen sockets of ours, in the order of the answers, and what that says of
 * the NAT. Not thread-safe.
 */
public final class NatObservations {
  /** Ports that are farther apart are not given away in sequence. */
  private static final int LARGEST_DELTA = 64;

  /** Chance makes two ports neighbours, not three. */
  private static final int ENOUGH = 3;

  private record Observation(int socket, InetSocketAddress server, InetSocketAddress mapped) {}

  private final List<Observation> all = new ArrayList<>();

  /** That server has seen the socket of that number there. */
  public void add(int socket, InetSocketAddress server, InetSocketAddress mapped) {
    boolean isKnown =
        all.stream().anyMatch(each -> each.socket() == socket && each.server().equals(server));
    if (!isKnown) {
      all.add(new Observation(socket, server, mapped));
    }
  }

  /** What all that says. */
  public NatProfile profile() {
    if (all.isEmpty()) {
      return NatProfile.UNKNOWN;
    }
    int last = all.getLast().mapped().getPort();
    if (isIndependent()) {
      return new NatProfile(isComparable() ? Ports.INDEPENDENT : Ports.UNKNOWN, last, 0);
    }
    int delta = delta();
    return delta == 0
        ? new NatProfile(Ports.RANDOM, last, 0)
        : new NatProfile(Ports.SEQUENTIAL, last, delta);
  }

  /** Whether one socket has been seen by two. */
  private boolean isComparable() {
    return all.stream().map(Observation::socket).distinct().count() < all.size();
  }

  private boolean isIndependent() {
    return all.stream()
        .noneMatch(one ->
            all.stream()
                .anyMatch(
                    two -> one.socket() == two.socket() && !one.mapped().equals(two.mapped())));
  }

  /** The least step between two ports that were given away one after the other; 0 for none. */
  private int delta() {
    int least = 0;
    for (int i = 1; i < all.size(); i++) {
      int step = all.get(i).mapped().getPort() - all.get(i - 1).mapped().getPort();
      boolean isStep = step != 0 && Math.abs(step) <= LARGEST_DELTA;
      if (!isStep || (least != 0 && Integer.signum(step) != Integer.signum(least))) {
        return 0;
      }
      least = least == 0 || Math.abs(step) < Math.abs(least) ? step : least;
    }
    return all.size() < ENOUGH ? 0 : least;
  }
}
