package io.culvert.client.peer;

import io.culvert.traversal.Path;
import io.culvert.traversal.nat.Filtering;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Why a connection takes the way that it takes, or why there is none: what has been tried, what
 * came of it, and what would help. {@link #toString} says all of that to people.
 *
 * @param peer the account of the other end
 * @param path the way that is taken; empty while there is none
 * @param ours what is in front of us
 * @param theirs what is in front of the peer
 * @param filtering whose packets the one in front of us lets in
 * @param portIsOpen whether the router in front of us keeps a port open for peers
 * @param ways all that have been tried, the best first
 * @param notes what else has happened, each a sentence
 */
public record Explanation(
    String peer,
    Optional<PathReport> path,
    Nat ours,
    Nat theirs,
    Filtering filtering,
    boolean portIsOpen,
    List<Way> ways,
    List<String> notes) {
  /** How many ways are listed for people. */
  private static final int MOST_LISTED = 12;

  /** What a NAT does with the ports of those behind it, RFC 4787 §4. */
  public enum Nat {
    /** Nothing has been asked, or nothing has come back. */
    UNKNOWN("not known"),
    /** Each socket has one port, for all destinations. */
    INDEPENDENT("one port for all destinations"),
    /** Each destination gets a port of its own, the one behind the port before. */
    SEQUENTIAL("another port for each destination, the next one"),
    /** Each destination gets a port of its own, which cannot be told beforehand. */
    RANDOM("another port for each destination, any one");

    private final String words;

    Nat(String words) {
      this.words = words;
    }

    boolean isSymmetric() {
      return this == SEQUENTIAL || this == RANDOM;
    }
  }

  /**
   * A way that has been tried.
   *
   * @param tcp whether it is a TCP connection between the two
   * @param throughOurRelay whether we send through our relay
   * @param remote where the peer is to be
   * @param sent how many checks
   * @param answered how many of them
   * @param roundTrip of the last answer; empty when the way does not work
   */
  public record Way(
      Path kind,
      boolean tcp,
      boolean throughOurRelay,
      InetSocketAddress remote,
      int sent,
      int answered,
      Optional<Duration> roundTrip) {
    @Override
    public String toString() {
      String kindOf =
          switch (kind) {
            case LOCAL -> "local";
            case PUBLIC -> "direct";
            case RELAY -> throughOurRelay ? "through our relay" : "through the peer's relay";
          };
      return String.format(
          Locale.ROOT,
          "%s, %s%s: %s",
          NetUtil.toSocketAddressString(remote),
          kindOf,
          tcp ? " tcp" : "",
          roundTrip
              .map(time -> "works, %d ms".formatted(time.toMillis()))
              .orElse(
                  sent == 0
                      ? "not tried yet"
                      : "%d checks sent, %d answered".formatted(sent, answered)));
    }
  }

  public Explanation {
    ways = List.copyOf(ways);
    notes = List.copyOf(notes);
  }

  /** Whether the way that is taken is one without a relay. */
  public boolean isDirect() {
    return path.filter(taken -> taken.kind() != Path.RELAY).isPresent();
  }

  /** What would make a direct connection possible, each a sentence; empty when there is one. */
  public List<String> advice() {
    if (isDirect()) {
      return List.of();
    }
    List<String> advice = new ArrayList<>();
    if (ways.stream().noneMatch(way -> way.kind() != Path.RELAY && way.answered() > 0)
        && ours == Nat.UNKNOWN
        && !portIsOpen
        && ways.stream().allMatch(way -> way.throughOurRelay() || way.answered() == 0)) {
      advice.add("Nothing comes back over UDP here: a firewall that lets UDP out would help.");
    }
    if (portIsOpen) {
      advice.add(
          "The router here opens a port, which %1$s does not get through to: let the router of %1$s open ports, too (UPnP, NAT-PMP or PCP), or use IPv6 at both ends."
              .formatted(peer));
    } else if (ours.isSymmetric() && theirs.isSymmetric()) {
      advice.add(
          "Both routers give each destination another port: let one of them open ports (UPnP, NAT-PMP or PCP), or use IPv6 at both ends.");
    } else if (ours.isSymmetric() || theirs.isSymmetric()) {
      advice.add(
          "%s gives each destination another port: let it open ports (UPnP, NAT-PMP or PCP), or wait while they are guessed."
              .formatted(ours.isSymmetric() ? "The router here" : "The router of " + peer));
    } else if (advice.isEmpty()) {
      advice.add(
          "Let a router at either end open ports (UPnP, NAT-PMP or PCP), forward a UDP port, or use IPv6 at both ends.");
    }
    return advice;
  }

  private String lets() {
    return switch (filtering) {
      case UNKNOWN -> "";
      case INDEPENDENT -> "; lets everybody in";
      case ADDRESS_DEPENDENT -> "; lets in whom something was sent to";
      case ADDRESS_AND_PORT_DEPENDENT ->
          "; lets in only what comes from where something was sent to";
    };
  }

  /** For people: some lines, without a line break at the end. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(
        path.map(taken -> "%s is connected: %s.".formatted(peer, taken))
            .orElse("There is no way to %s.".formatted(peer)));
    text.append("\nThe NAT here: ").append(ours.words).append(lets()).append('.');
    text.append("\nThe NAT of ").append(peer).append(": ").append(theirs.words).append('.');
    notes.forEach(note -> text.append('\n').append(note));
    text.append("\nTried:");
    ways.stream().limit(MOST_LISTED).forEach(way -> text.append("\n  ").append(way));
    if (ways.size() > MOST_LISTED) {
      text.append("\n  and %d more".formatted(ways.size() - MOST_LISTED));
    } else if (ways.isEmpty()) {
      text.append(" nothing");
    }
    List<String> advice = advice();
    if (!advice.isEmpty()) {
      text.append("\nWhat would help:");
      advice.forEach(sentence -> text.append("\n  ").append(sentence));
    }
    return text.toString();
  }
}
