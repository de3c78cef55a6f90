package io.culvert.lab.scenario;

/** A situation of the network. */
public sealed interface Scenario {
  /** S01 to S93; several may be variants of one. */
  String number();

  /** Words joined by hyphens, which no other scenario has. */
  String name();

  /** What it is about. */
  String sentence();

  /**
   * One that can be played.
   *
   * @param expected what is to come of it
   */
  record Built(String number, String name, String sentence, String expected, Play play)
      implements Scenario {}

  /**
   * One that cannot be played.
   *
   * @param reason why, in a sentence
   */
  record NotBuilt(String number, String name, String sentence, String reason) implements Scenario {}
}
