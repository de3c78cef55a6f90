package io.culvert.lab.bench;

import java.time.Duration;

/**
 * What the clients of flow and tag cost a server.
 *
 * @param clients how many of each there were
 * @param flowTook from the first dial until the last was online
 * @param tagTook the same until the last was registered
 * @param empty before any of them
 * @param withFlow with the flow connections
 * @param withTags with the tags, too
 * @param afterwards when the connections have been closed; the tags are still remembered
 */
public record SignalReport(
    int clients,
    Duration flowTook,
    Duration tagTook,
    Memory empty,
    Memory withFlow,
    Memory withTags,
    Memory afterwards) {
  /** What one flow connection costs. */
  public Memory eachFlow() {
    return withFlow.minus(empty).dividedBy(clients);
  }

  /** What one tag costs. */
  public Memory eachTag() {
    return withTags.minus(withFlow).dividedBy(clients);
  }
}
