package io.culvert.server.account;

/** The database cannot be used at the moment; the message is a sentence for the operator. */
public final class StoreException extends Exception {
  private static final long serialVersionUID = 1L;

  StoreException(String sentence) {
    super(sentence);
  }

  StoreException(String sentence, Throwable cause) {
    super(sentence, cause);
  }
}
