package io.culvert.client.ice;

import io.culvert.traversal.ice.Priorities;
import io.culvert.wire.ice.CandidateType;
import io.culvert.wire.ice.IceCandidate;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where a peer can be reached, as others are told. Not thread-safe. */
final class LocalCandidates {
  /** What a candidate is related to is nobody's business but ours. */
  private static final InetSocketAddress UNTOLD = new InetSocketAddress(0);

  private final Map<InetSocketAddress, IceCandidate> candidates = new LinkedHashMap<>();
  private final Consumer<IceCandidate> found;

  /**
   * None yet.
   *
   * @param found told of each that comes
   */
  LocalCandidates(Consumer<IceCandidate> found) {
    this.found = found;
  }

  /** All there are now. */
  List<IceCandidate> all() {
    return List.copyOf(candidates.values());
  }

  /** The addresses of the machine's own. */
  Stream<InetAddress> hosts() {
    return candidates.values().stream()
        .filter(known -> known.type() == CandidateType.HOST)
        .map(known -> known.address().getAddress());
  }

  /** The machine has these addresses now, and no others. */
  void hosts(Set<InetSocketAddress> now) {
    forget(CandidateType.HOST, known -> !now.contains(known));
    now.forEach(address -> add(CandidateType.HOST, address, Optional.empty()));
  }

  /** The Internet sees us there as well. */
  void reflexive(InetSocketAddress address) {
    add(CandidateType.SERVER_REFLEXIVE, address, Optional.of(UNTOLD));
  }

  /** The Internet does not see us any more at those. */
  void forgetReflexive(Predicate<InetSocketAddress> which) {
    forget(CandidateType.SERVER_REFLEXIVE, which);
  }

  /** There are addresses at a relay, instead of any others. */
  void relayed(List<InetSocketAddress> addresses) {
    forgetRelayed();
    addresses.forEach(address -> add(CandidateType.RELAYED, address, Optional.of(UNTOLD)));
  }

  /** There is none any more. */
  void forgetRelayed() {
    forget(CandidateType.RELAYED, _ -> true);
  }

  private void forget(CandidateType type, Predicate<InetSocketAddress> which) {
    candidates.values().removeIf(known -> known.type() == type && which.test(known.address()));
  }

  private void add(
      CandidateType type, InetSocketAddress address, Optional<InetSocketAddress> related) {
    if (candidates.containsKey(address)) {
      return;
    }
    boolean ipv4 = address.getAddress() instanceof Inet4Address;
    String kind = type.text() + (ipv4 ? "/4/" : "/6/");
    Set<String> foundations =
        candidates.values().stream().map(IceCandidate::foundation).collect(Collectors.toSet());
    int behind = 0;
    while (foundations.contains(kind + behind)) {
      behind++;
    }
    IceCandidate candidate =
        new IceCandidate(
            kind + behind,
            Priorities.of(type, ipv4, behind),
            address,
            type,
            related,
            Optional.empty());
    candidates.put(address, candidate);
    found.accept(candidate);
  }
}
