package io.culvert.lab.matrix;

import io.culvert.client.CulvertException;
import io.culvert.lab.net.NatKind;
import java.time.Duration;
import java.util.Optional;

/**
 * What has come of one pair.
 *
 * @param caller what is in front of the peer that connects
 * @param callee what is in front of the other one
 * @param firstByte how long after the caller wanted to connect the callee had its first byte; empty
 *     when it got none
 * @param direct how long after the same moment both ends had a direct path; empty when they had
 *     none in time
 * @param packets how many packets both machines had sent when the path was direct, or when it was
 *     waited for no longer
 * @param path the path that was taken at the end, or why there was none
 */
public record Cell(
    NatKind caller,
    NatKind callee,
    Optional<Duration> firstByte,
    Optional<Duration> direct,
    long packets,
    String path) {
  /** How a pair got together. */
  public enum Outcome {
    DIRECT,
    RELAYED,
    FAILED
  }

  static Cell failed(NatKind caller, NatKind callee, long packets, CulvertException why) {
    String sentence = String.valueOf(why.getMessage());
    return new Cell(caller, callee, Optional.empty(), Optional.empty(), packets, sentence);
  }

  public Outcome outcome() {
    if (firstByte.isEmpty()) {
      return Outcome.FAILED;
    }
    return direct.isPresent() ? Outcome.DIRECT : Outcome.RELAYED;
  }

  /** The pair, for people. */
  public String pair() {
    return caller + " × " + callee;
  }
}
