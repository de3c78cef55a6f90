package io.culvert.traversal.portmap;

import io.culvert.traversal.portmap.PortMapping.Action;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The ways of asking one router, the best first, and the choice among them. */
final class Ways {
  /** How long to wait for a better way when another one has answered. */
  private static final Duration GRACE = Duration.ofMillis(250);

  private final List<Server> servers;
  private Instant choiceDue = Instant.MAX;

  Ways(List<Server> servers) {
    this.servers = servers;
  }

  List<Server> all() {
    return servers;
  }

  /** Asks all of them, from now on. */
  void begin(Instant now) {
    servers.forEach(server -> server.ask(now));
  }

  /** The questions that are due. */
  List<Action> ask(Instant now) {
    return servers.stream().flatMap(server -> server.pass(now).stream()).toList();
  }

  /** The best that has answered, when it is not to wait for a better one any more. */
  Optional<Server> best(Instant now) {
    choiceDue = Instant.MAX;
    boolean betterMayFollow = false;
    for (Server server : servers) {
      switch (server.stage()) {
        case ASKED -> betterMayFollow = true;
        case PRESENT -> {
          Instant due = server.presentSince().plus(GRACE);
          if (betterMayFollow && due.isAfter(now)) {
            choiceDue = due;
            return Optional.empty();
          }
          return Optional.of(server);
        }
        case ABSENT, REFUSED -> {}
      }
    }
    return Optional.empty();
  }

  /** Whether none is left that works or may do so. */
  boolean haveAllFailed() {
    return servers.stream()
        .map(Server::stage)
        .noneMatch(stage -> stage == Server.Stage.ASKED || stage == Server.Stage.PRESENT);
  }

  Instant nextDeadline() {
    Instant next = choiceDue;
    for (Server server : servers) {
      next = server.nextDeadline().isBefore(next) ? server.nextDeadline() : next;
    }
    return next;
  }
}
