package io.culvert.server.tls;

import org.jspecify.annotations.Nullable;

/** Files hold no certificate that can be used. */
final class CertificateFileException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String sentence;

  /** The sentence is for the operator. */
  CertificateFileException(String sentence, @Nullable Throwable cause) {
    super(sentence, cause);
    this.sentence = sentence;
  }

  /** What is wrong with which file. */
  String sentence() {
    return sentence;
  }
}
