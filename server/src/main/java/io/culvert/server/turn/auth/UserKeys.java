package io.culvert.server.turn.auth;

import io.culvert.wire.stun.PasswordAlgorithm;
import io.culvert.wire.stun.StunKey;

/**
 * A user, and what the user's password has become; the password itself is not needed.
 *
 * @param name of the user
 * @param md5 the key of {@link PasswordAlgorithm#MD5}, which every client can
 * @param sha256 the key of {@link PasswordAlgorithm#SHA_256}
 */
public record UserKeys(String name, StunKey md5, StunKey sha256) {
  /**
   * The keys of a password.
   *
   * @throws IllegalArgumentException when one of the texts cannot be part of a credential
   */
  public static UserKeys of(String name, String realm, String password) {
    return new UserKeys(
        name,
        StunKey.longTerm(PasswordAlgorithm.MD5, name, realm, password),
        StunKey.longTerm(PasswordAlgorithm.SHA_256, name, realm, password));
  }

  /** The key of that algorithm. */
  public StunKey key(PasswordAlgorithm algorithm) {
    return switch (algorithm) {
      case MD5 -> md5;
      case SHA_256 -> sha256;
    };
  }
}
