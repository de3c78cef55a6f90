package io.culvert.server.config;

/** A value that is wrong in a way which its parser can say better than the type's description. */
final class WrongValueException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** One or more sentences, which must not be secret. */
  WrongValueException(String sentence, IllegalArgumentException cause) {
    super(sentence, cause);
  }
}
