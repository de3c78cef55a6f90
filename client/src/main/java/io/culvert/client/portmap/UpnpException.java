package io.culvert.client.portmap;

/** A router does not do by UPnP what it should; the message is a sentence for people. */
final class UpnpException extends Exception {
  private static final long serialVersionUID = 1L;

  /** No number of UPnP. */
  private static final int NONE = 0;

  private final String sentence;
  private final int code;

  UpnpException(String sentence) {
    this(sentence, NONE);
  }

  /** With the number that the router gives as a reason. */
  UpnpException(String sentence, int code) {
    super(sentence);
    this.sentence = sentence;
    this.code = code;
  }

  /** What is wrong, for people. */
  String sentence() {
    return sentence;
  }

  /** The number that the router gives as a reason, or 0. */
  int code() {
    return code;
  }
}
