package io.culvert.lab.load;

/**
 * What came of an order.
 *
 * @param done what counts: packets that were relayed, requests that were answered, allocations
 * @param sent what was sent for it within the measured time
 * @param lost what of that never arrived
 * @param nanos how long that took
 * @param cpuNanos what the server's process used meanwhile; 0 when it is not known
 * @param answerBytes the length of an answer, for requests
 * @param latency of a packet, where it says something
 */
public record LoadResult(
    long done, long sent, long lost, long nanos, long cpuNanos, int answerBytes, Latency latency) {

  /** How many a second. */
  public double perSecond() {
    return done * 1e9 / nanos;
  }

  /** What one costs the server, in microseconds. */
  public double cpuMicrosEach() {
    return done == 0 ? Double.NaN : cpuNanos / 1e3 / done;
  }

  /** How much of one core the server has used, 0 to 1, or more with several. */
  public double busy() {
    return (double) cpuNanos / nanos;
  }

  /** Which part is lost, 0 to 1. */
  public double lostShare() {
    return sent == 0 ? 0 : (double) lost / sent;
  }
}
