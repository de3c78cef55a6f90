package io.culvert.server;

import io.culvert.server.metrics.Figures;
import io.culvert.server.metrics.Figures.Service;
import io.culvert.server.turn.Traffic.Figure;
import io.culvert.server.turn.TurnServer;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** What TURN tells about itself. */
final class TurnFigures {
  private final TurnServer turn;
  private final Service service;

  private TurnFigures(TurnServer turn, Service service) {
    this.turn = turn;
    this.service = service;
  }

  static void add(TurnServer turn, Figures figures) {
    TurnFigures its = new TurnFigures(turn, figures.service("turn"));
    its.service
        .gauge("allocations", "Allocations that are in use.", turn::allocations)
        .events(turn::counters)
        .kinds("data-lost", "Datagrams that have not been relayed, by the reason.", its::lost);
    its.total(Figure.BYTES_TO_PEERS, "Bytes of data relayed to peers, over UDP and TCP.");
    its.total(Figure.PACKETS_TO_PEERS, "Datagrams relayed to peers.");
    its.total(Figure.BYTES_TO_CLIENTS, "Bytes of data relayed to clients, from UDP and TCP.");
    its.total(Figure.PACKETS_TO_CLIENTS, "Datagrams relayed to clients.");
    its.total(Figure.ICMP, "ICMP messages of peers passed on to clients.");
  }

  private void total(Figure figure, String help) {
    service.total(
        Figures.name(figure), help, () -> Objects.requireNonNull(turn.traffic().get(figure)));
  }

  private Map<Figure, Long> lost() {
    Map<Figure, Long> lost = new EnumMap<>(turn.traffic());
    lost.keySet().removeIf(figure -> !isLoss(figure));
    return lost;
  }

  private static boolean isLoss(Figure figure) {
    return switch (figure) {
      case PACKETS_TO_PEERS, BYTES_TO_PEERS, PACKETS_TO_CLIENTS, BYTES_TO_CLIENTS, ICMP -> false;
      case NO_ALLOCATION,
          NO_CHANNEL,
          NO_PERMISSION,
          FORBIDDEN_PEER,
          BAD_DATA,
          OVER_BANDWIDTH,
          SLOW_CLIENT ->
          true;
    };
  }
}
