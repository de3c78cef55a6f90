package io.culvert.server.turn.auth;

import io.culvert.wire.stun.StunAttribute.UserHash;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** A few users, whose keys are known at once. */
public final class KnownUsers implements TurnUsers {
  private final List<UserKeys> users;
  private final String realm;

  public KnownUsers(String realm, UserKeys... users) {
    this.realm = realm;
    this.users = List.of(users);
  }

  @Override
  public CompletableFuture<Optional<UserKeys>> find(String name) {
    return CompletableFuture.completedFuture(
        users.stream().filter(user -> user.name().equals(name)).findFirst());
  }

  @Override
  public CompletableFuture<Optional<UserKeys>> find(UserHash hash) {
    return CompletableFuture.completedFuture(
        users.stream()
            .filter(user -> Arrays.equals(UserHash.of(user.name(), realm).hash(), hash.hash()))
            .findFirst());
  }
}
