package io.culvert.lab.scenario;

/** It did not come as expected; the message is a sentence that says what was seen instead. */
final class UnexpectedException extends Exception {
  private static final long serialVersionUID = 1L;

  UnexpectedException(String sentence) {
    super(sentence);
  }
}
