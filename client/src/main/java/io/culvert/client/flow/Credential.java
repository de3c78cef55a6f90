package io.culvert.client.flow;

/** By what a person logs in. */
public sealed interface Credential {
  /**
   * What only that person knows.
   *
   * @param text at most 1024 characters, not empty
   */
  record Password(String text) implements Credential {
    /** The longest password, in characters. */
    public static final int MAX_LENGTH = 1024;

    public Password {
      if (text.isEmpty() || text.length() > MAX_LENGTH) {
        throw new IllegalArgumentException("a password has 1 to " + MAX_LENGTH + " characters");
      }
    }

    /** Without the password. */
    @Override
    public String toString() {
      return "Password";
    }
  }

  /**
   * What an earlier login has given: {@link FlowSession#token}.
   *
   * @param text at most 255 characters, not empty
   */
  record Token(String text) implements Credential {
    /** The longest token, in characters. */
    public static final int MAX_LENGTH = 255;

    public Token {
      if (text.isEmpty() || text.length() > MAX_LENGTH) {
        throw new IllegalArgumentException("a token has 1 to " + MAX_LENGTH + " characters");
      }
    }

    /** Without the token. */
    @Override
    public String toString() {
      return "Token";
    }
  }
}
