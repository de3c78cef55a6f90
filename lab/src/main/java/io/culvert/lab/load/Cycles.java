package io.culvert.lab.load;

import java.util.ArrayDeque;

/**
 * Allocations that are made and given back. Each client rests until all others have had their turn:
 * a server may remember an address for a moment after its allocation has ended.
 */
final class Cycles implements Step {
  private final Clients clients;
  private final ArrayDeque<TurnClient> resting;
  private final Tally tally;
  private int busy;
  private boolean ending;

  Cycles(Clients clients, Tally tally) {
    this.clients = clients;
    this.resting = new ArrayDeque<>(clients.all());
    this.tally = tally;
  }

  @Override
  public void at(long now) throws LoadException {
    while (!ending && busy < Clients.AT_A_TIME) {
      TurnClient client = resting.remove();
      busy++;
      client.allocate(() -> client.release(() -> finished(client)));
    }
    clients.tick(now);
  }

  private void finished(TurnClient client) {
    busy--;
    resting.add(client);
    tally.counts();
  }

  /** Begins no more of them. */
  void end() {
    ending = true;
  }

  /** Whether all allocations have been given back. */
  boolean isAtRest() {
    return busy == 0;
  }
}
