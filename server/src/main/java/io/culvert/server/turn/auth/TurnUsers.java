package io.culvert.server.turn.auth;

import io.culvert.wire.stun.StunAttribute.UserHash;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * Who has a password. Called by any event loop, and must not keep it waiting: what is known is
 * answered by a future that is complete already, and must stay known for some seconds, since the
 * question is asked again when the future has completed. Everybody who can receive answers can ask
 * for any name, so what is remembered and what waits must have bounds; a question that finds too
 * many waiting fails. It must take the same time to find out that somebody does not exist.
 */
public interface TurnUsers {
  /** The user of that name; the future fails when it cannot be found out. */
  CompletableFuture<Optional<UserKeys>> find(String name);

  /** The user whose name and our realm have that hash; the future fails as above. */
  CompletableFuture<Optional<UserKeys>> find(UserHash hash);
}
