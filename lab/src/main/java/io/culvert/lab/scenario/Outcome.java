package io.culvert.lab.scenario;

import java.time.Duration;

/**
 * What has come of a scenario.
 *
 * @param ok whether it was as expected
 * @param seen what was seen, in a sentence or a few words
 * @param took the whole, with the making of the network
 */
public record Outcome(Scenario.Built scenario, boolean ok, String seen, Duration took) {}
