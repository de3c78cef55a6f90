package io.culvert.client.peer;

import io.culvert.client.ice.IceSession;
import io.culvert.client.ice.PeerPort;
import io.culvert.traversal.ice.CandidatePair;
import io.culvert.traversal.ice.IceAgent.PairState;
import io.culvert.traversal.nat.NatProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Which way a session takes and why, in the words of the application. Confined to its loop. */
final class Explanations {
  private final PeerPort port;
  private final IceSession ice;
  private final String peer;

  /** Of that session with that account. */
  Explanations(PeerPort port, IceSession ice, String peer) {
    this.port = port;
    this.ice = ice;
    this.peer = peer;
  }

  /** The way that is taken; empty while there is none. */
  Optional<PathReport> path() {
    return ice.selected().flatMap(this::report);
  }

  /** One of the ways; empty when nothing has come back by it. */
  Optional<PathReport> report(CandidatePair way) {
    return ice.pairs().stream()
        .filter(pair -> pair.pair().equals(way))
        .findFirst()
        .flatMap(pair ->
            Optional.ofNullable(pair.roundTrip())
                .map(roundTrip ->
                    new PathReport(pair.path(), way.local().isTcp(), way.remote(), roundTrip)));
  }

  /** Why that way. */
  Explanation why() {
    RouterFindings router = new RouterFindings(port.routerFindings());
    List<String> notes = new ArrayList<>();
    router.note().ifPresent(notes::add);
    port.whyNoRelay().ifPresent(notes::add);
    ice.whyNoTcp().map("A TCP connection did not come about. "::concat).ifPresent(notes::add);
    return new Explanation(
        peer,
        path(),
        nat(ice.ourNat()),
        nat(ice.peersNat()),
        port.filtering(),
        router.isPortOpen(),
        ice.pairs().stream().map(Explanations::way).toList(),
        notes);
  }

  private static Explanation.Nat nat(NatProfile profile) {
    return switch (profile.ports()) {
      case UNKNOWN -> Explanation.Nat.UNKNOWN;
      case INDEPENDENT -> Explanation.Nat.INDEPENDENT;
      case SEQUENTIAL -> Explanation.Nat.SEQUENTIAL;
      case RANDOM -> Explanation.Nat.RANDOM;
    };
  }

  private static Explanation.Way way(PairState pair) {
    return new Explanation.Way(
        pair.path(),
        pair.pair().local().isTcp(),
        pair.pair().local().relayed(),
        pair.pair().remote(),
        pair.sent(),
        pair.answered(),
        Optional.ofNullable(pair.roundTrip()));
  }
}
