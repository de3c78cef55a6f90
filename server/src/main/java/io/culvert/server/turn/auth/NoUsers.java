package io.culvert.server.turn.auth;

import io.culvert.wire.stun.StunAttribute.UserHash;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Nobody has a password: whoever comes needs a time-limited credential. */
public final class NoUsers implements TurnUsers {
  @Override
  public CompletableFuture<Optional<UserKeys>> find(String name) {
    return CompletableFuture.completedFuture(Optional.empty());
  }

  @Override
  public CompletableFuture<Optional<UserKeys>> find(UserHash hash) {
    return CompletableFuture.completedFuture(Optional.empty());
  }
}
