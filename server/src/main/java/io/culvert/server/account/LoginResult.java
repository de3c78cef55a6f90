package io.culvert.server.account;

import java.time.Duration;

/** What a login has come to. */
public sealed interface LoginResult {
  /** The password is right. */
  record Accepted(Session session) implements LoginResult {}

  /** No such account, or not that password, or disabled: which of them is nobody's business. */
  record Refused() implements LoginResult {}

  /**
   * The password has not been looked at, for there were too many wrong ones.
   *
   * @param retryAfter how long to wait; longer than zero
   */
  record TooManyAttempts(Duration retryAfter) implements LoginResult {}

  /** More logins at once than there is time for; the client should try again in some seconds. */
  record Busy() implements LoginResult {}

  /** The database cannot be used at the moment. */
  record Unavailable() implements LoginResult {}
}
