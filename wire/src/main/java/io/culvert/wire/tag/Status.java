package io.culvert.wire.tag;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * How a request went.
 *
 * @param code {@link #OK} or what went wrong; other implementations may have numbers of their own
 * @param reason why it failed, for people: 1 to 200 bytes of UTF-8; a success has none
 */
public record Status(int code, Optional<String> reason) {
  /** Success. */
  public static final int OK = 200;

  /** The own tag, or the token, is not known here: register, or dial, again. */
  public static final int UNKNOWN = 202;

  /** The callee is not known, is offline, or does not answer. */
  public static final int UNREACHABLE = 203;

  /** The request asks for something that there is not. */
  public static final int BAD_REQUEST = 400;

  /** Too much is going on. */
  public static final int UNAVAILABLE = 503;

  /** The longest reason, in bytes of UTF-8. */
  public static final int MAX_REASON_BYTES = 200;

  private static final Status SUCCESS = new Status(OK, Optional.empty());

  public Status {
    if (code == OK && reason.isPresent()) {
      throw new IllegalArgumentException("a success needs no reason");
    }
    if (reason.isPresent() && (reason.get().isEmpty() || !fit(reason.get()).equals(reason.get()))) {
      throw new IllegalArgumentException(
          "a reason is text of 1 to " + MAX_REASON_BYTES + " bytes: see Status.of");
    }
  }

  /** Success. */
  public static Status ok() {
    return SUCCESS;
  }

  /**
   * A status with a reason of any length and content: what is too long is cut, control characters
   * but tabs and line ends become spaces, and an empty reason is none. A success has none whatever
   * is given.
   */
  public static Status of(int code, String reason) {
    return new Status(code, Optional.of(fit(reason)).filter(text -> code != OK && !text.isEmpty()));
  }

  /** A status without a reason. */
  public static Status of(int code) {
    return new Status(code, Optional.empty());
  }

  /** Whether it is {@link #OK}. */
  public boolean isOk() {
    return code == OK;
  }

  private static String fit(String reason) {
    StringBuilder fitting = new StringBuilder();
    int bytes = 0;
    for (int c : reason.codePoints().toArray()) {
      int shown = isControl(c) || isSurrogate(c) ? ' ' : c;
      bytes += Character.toString(shown).getBytes(StandardCharsets.UTF_8).length;
      if (bytes > MAX_REASON_BYTES) {
        break;
      }
      fitting.appendCodePoint(shown);
    }
    return fitting.toString();
  }

  /** But for those that lines and tables are made of. */
  private static boolean isControl(int codePoint) {
    return Character.isISOControl(codePoint) && "\t\n\r".indexOf(codePoint) < 0;
  }

  private static boolean isSurrogate(int codePoint) {
    return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
  }
}
