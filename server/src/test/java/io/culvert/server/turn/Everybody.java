package io.culvert.server.turn;

import io.culvert.server.turn.auth.TurnUsers;
import io.culvert.server.turn.auth.UserKeys;
import io.culvert.wire.stun.StunAttribute.UserHash;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Whoever knows the password that all users of a test have. */
final class Everybody implements TurnUsers {
  @Override
  public CompletableFuture<Optional<UserKeys>> find(String name) {
    return CompletableFuture.completedFuture(
        Optional.of(UserKeys.of(name, TurnStream.REALM, TurnStream.PASSWORD)));
  }

  @Override
  public CompletableFuture<Optional<UserKeys>> find(UserHash hash) {
    return CompletableFuture.completedFuture(Optional.empty());
  }
}
