package io.culvert.server.turn.auth;

import io.culvert.wire.stun.OpaqueString;
import io.culvert.wire.stun.PasswordAlgorithm;
import io.culvert.wire.stun.StunAttribute.UserHash;
import io.culvert.wire.stun.StunKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Whom the server believes: users with a password, and, when there are secrets, whoever has got a
 * {@link TimeLimited} credential. A username that looks like the latter is then never looked up.
 * Thread-safe.
 */
public final class Credentials {
  private final String realm;
  private final TurnUsers users;
  private volatile List<String> secrets = List.of();

  /**
   * Users, and no secret as yet.
   *
   * @param realm of all credentials
   */
  public Credentials(String realm, TurnUsers users) {
    this.realm = realm;
    this.users = users;
  }

  /** What is known of a name at this moment. */
  sealed interface Lookup {}

  /**
   * Somebody with a password.
   *
   * @param keys what a message may be made with, at least one
   * @param timeLimit of a credential that has one
   */
  record Known(String user, List<StunKey> keys, Optional<TimeLimited> timeLimit)
      implements Lookup {}

  /** Nobody, now. */
  record Unknown() implements Lookup {}

  /** Has to be found out; the question can be asked again when that is done. */
  record Unsettled(CompletableFuture<?> settled) implements Lookup {}

  /** Cannot be found out. */
  record Failed() implements Lookup {}

  /** The realm of all credentials. */
  public String realm() {
    return realm;
  }

  /**
   * Takes other secrets from now on.
   *
   * @param newSecrets all that are good; the one in use first, for speed
   * @throws IllegalArgumentException when one is empty, which is no secret
   */
  public void secrets(List<String> newSecrets) {
    if (newSecrets.contains("")) {
      throw new IllegalArgumentException("a secret of TURN must not be empty");
    }
    secrets = List.copyOf(newSecrets);
  }

  /**
   * Whether everybody can be found by the hash of their name. Those with a time-limited credential
   * cannot, and a client that is told that it may use the hash must (RFC 8489 §9.2.3.1).
   */
  boolean knowsHashes() {
    return secrets.isEmpty();
  }

  Lookup find(String username, PasswordAlgorithm algorithm) {
    String prepared;
    try {
      prepared = OpaqueString.of(username);
    } catch (IllegalArgumentException e) {
      return new Unknown(); // nobody can be called that
    }
    List<String> nowGood = secrets;
    if (!nowGood.isEmpty()) {
      Optional<TimeLimited> timeLimit = TimeLimited.of(username);
      if (timeLimit.isPresent()) {
        return find(username, timeLimit.get(), algorithm, nowGood);
      }
    }
    return lookup(users.find(prepared), algorithm);
  }

  Lookup find(UserHash hash, PasswordAlgorithm algorithm) {
    return lookup(users.find(hash), algorithm);
  }

  private Lookup find(
      String username, TimeLimited timeLimit, PasswordAlgorithm algorithm, List<String> nowGood) {
    List<StunKey> keys = new ArrayList<>(nowGood.size());
    for (String secret : nowGood) {
      keys.add(
          StunKey.longTerm(algorithm, username, realm, TimeLimited.password(secret, username)));
    }
    return new Known(timeLimit.user(), keys, Optional.of(timeLimit));
  }

  private static Lookup lookup(
      CompletableFuture<Optional<UserKeys>> found, PasswordAlgorithm algorithm) {
    return switch (found.state()) {
      case RUNNING -> new Unsettled(found);
      case FAILED, CANCELLED -> new Failed();
      case SUCCESS ->
          found
              .resultNow()
              .<Lookup>map(
                  keys -> new Known(keys.name(), List.of(keys.key(algorithm)), Optional.empty()))
              .orElseGet(Unknown::new);
    };
  }
}
