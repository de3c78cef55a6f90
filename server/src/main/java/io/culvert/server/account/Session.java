package io.culvert.server.account;

import java.time.Instant;

/**
 * A login that is good until it expires or is revoked.
 *
 * @param token 32 characters of base64url: the secret that proves it
 * @param account the account's name
 */
public record Session(String token, String account, Instant expires) {
  /** Leaves the token out: it must not get into a log. */
  @Override
  public String toString() {
    return "Session[account=" + account + ", expires=" + expires + "]";
  }
}
