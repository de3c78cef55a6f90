package io.culvert.lab.scenario;

import io.culvert.lab.meeting.Venue;

/** What happens in a scenario. */
@FunctionalInterface
public interface Play {
  /**
   * Plays it.
   *
   * @param venue with nobody there yet
   * @return what was seen, when it was as expected
   * @throws Exception when it was not, with a sentence of what was seen
   */
  String in(Venue venue) throws Exception;
}
