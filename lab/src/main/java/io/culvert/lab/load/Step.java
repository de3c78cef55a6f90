package io.culvert.lab.load;

import java.io.IOException;

/** What is done in every round of the loop. */
@FunctionalInterface
interface Step {
  /**
   * Does what is due.
   *
   * @param now of {@link System#nanoTime}
   */
  void at(long now) throws LoadException, IOException;
}
