package io.culvert.lab.matrix;

import io.culvert.lab.matrix.Cell.Outcome;
import io.culvert.lab.net.NatKind;
import java.time.Duration;
import java.util.List;

/**
 * What has come of all pairs.
 *
 * @param kinds what was in front of callers and of callees, in this order
 * @param cells all pairs: those of the first caller first
 * @param roundTrip between any two of the peers and the server
 * @param patience how long a direct path was waited for
 * @param took the whole
 */
public record MatrixReport(
    List<NatKind> kinds, List<Cell> cells, Duration roundTrip, Duration patience, Duration took) {
  public MatrixReport {
    kinds = List.copyOf(kinds);
    cells = List.copyOf(cells);
  }

  /** What has come of one pair; both kinds must be in it. */
  public Cell cell(NatKind caller, NatKind callee) {
    return cells.get(kinds.indexOf(caller) * kinds.size() + kinds.indexOf(callee));
  }

  /** How many pairs got together in that way. */
  public long count(Outcome outcome) {
    return cells.stream().filter(cell -> cell.outcome() == outcome).count();
  }
}
