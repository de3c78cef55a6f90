package io.culvert.wire.flow;

/** The numbers that tell messages apart. An answer has that of its question, shifted by four. */
public final class SignalType {
  public static final int HEART_BEAT = 0;
  public static final int LOGIN = 1;
  public static final int LOGIN_RESPONSE = LOGIN << 4;
  public static final int START_SESSION = 2;
  public static final int SESSION_STARTED = START_SESSION << 4;
  public static final int RELAY_OLD_FORM = 4;

  /** From a client; from the server it is the notice that another connection has taken over. */
  public static final int LOGOUT = 5;

  public static final int LOGGED_OUT = LOGOUT << 4;
  public static final int CALL = 401;
  public static final int ANSWER = 402;
  public static final int END = 403;

  private SignalType() {}

  /** What the answer to a request of this type carries; relayed signals fail with their own. */
  static int answerTo(int type) {
    return switch (type) {
      case LOGIN, START_SESSION, LOGOUT -> type << 4;
      default -> type;
    };
  }
}
