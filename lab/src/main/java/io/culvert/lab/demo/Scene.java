package io.culvert.lab.demo;

import java.time.Duration;

/** One thing that Culvert does, on a stage of its own. */
interface Scene {
  /** What it shows, in a few words. */
  String title();

  /**
   * Plays the scene.
   *
   * @throws Exception when something in it did not go as it should
   */
  Result play(Narrator narrator) throws Exception;

  /**
   * How it went.
   *
   * @param outcome in a few words
   * @param took from the first wish to connect to the outcome
   */
  record Result(String outcome, Duration took) {}
}
