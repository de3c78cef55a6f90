package io.culvert.client.peer;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.ServerAddress;
import io.culvert.client.quic.KnownPeers;
import io.culvert.client.tls.Fingerprint;
import io.culvert.wire.flow.CallData.Offer;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;

/**
 * Whether the peers of a server are who they were before. Thread-safe; what it answers completes on
 * threads of its own, for files are not for an event loop.
 */
final class PeerTrust {
  private final ServerAddress server;
  private final KnownPeers knownPeers;

  PeerTrust(ServerAddress server, KnownPeers knownPeers) {
    this.server = server;
    this.knownPeers = knownPeers;
  }

  /**
   * Looks at who a peer says to be.
   *
   * @return what it has to prove; a {@link CulvertException} when it does not say, or another is
   *     known, and an {@link IOException} when those who are known cannot be read
   */
  CompletableFuture<Fingerprint> check(Offer offer) {
    return onFiles(() -> believed(offer));
  }

  /** It has proved that, and from now on may not be anybody else. */
  CompletableFuture<Fingerprint> remember(String peer, Fingerprint proved) {
    return onFiles(() -> {
      knownPeers.remember(server, peer, proved);
      return proved;
    });
  }

  private Fingerprint believed(Offer offer) throws IOException {
    String name = offer.peer().account();
    Optional<String> told = offer.extensions().fingerprint();
    if (told.isEmpty() || offer.extensions().ice().isEmpty()) {
      throw new CulvertException(
          Reason.REFUSED, "The client of %s does not encrypt.".formatted(name));
    }
    Fingerprint fingerprint;
    try {
      fingerprint = Fingerprint.ofAttribute(told.get());
    } catch (IllegalArgumentException e) {
      throw new CulvertException(
          Reason.PEER_NOT_TRUSTED, "%s does not say who it is.".formatted(name));
    }
    knownPeers.check(server, name, fingerprint);
    return fingerprint;
  }

  private static <T> CompletableFuture<T> onFiles(Callable<T> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("culvert-known-peers")
        .start(() -> {
          try {
            result.complete(task.call());
          } catch (Exception e) {
            result.completeExceptionally(e);
          }
        });
    return result;
  }
}
