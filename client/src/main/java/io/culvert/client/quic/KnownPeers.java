package io.culvert.client.quic;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.ServerAddress;
import io.culvert.client.tls.Fingerprint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Which identity peers have shown the first time: a text file for this user only, with a line a
 * peer. It is read whenever it is asked, so whoever edits it is heeded at once. Thread-safe, and
 * safe between processes; blocks for the disk.
 *
 * <pre>
 * # comment
 * rendezvous.example:3375 bob sha-256 4A:AD:…
 * </pre>
 */
public final class KnownPeers {
  private static final KnownFile.Form<Fingerprint> FORM =
      new KnownFile.Form<>(
          2, // accounts are names at a server
          "peers",
          "identities",
          "a server, a peer's name and a fingerprint",
          Fingerprint::ofAttribute,
          Fingerprint::attribute);

  private final KnownFile<Fingerprint> file;

  /** The file need not be there. */
  public KnownPeers(Path file) {
    this.file = new KnownFile<>(file, FORM);
  }

  /**
   * Looks whether the peer may have this identity: it is the one that is known, or none is.
   *
   * @throws CulvertException {@link Reason#PEER_NOT_TRUSTED} when another is known
   * @throws IOException when the file cannot be read; the message is a sentence
   */
  public void check(ServerAddress server, String account, Fingerprint shown) throws IOException {
    Optional<KnownLine<Fingerprint>> known = file.find(List.of(server.toString(), account));
    if (known.isPresent()) {
      compare(known.get(), shown);
    }
  }

  /**
   * The peer has proved to have this identity: from now on it may have no other.
   *
   * @throws CulvertException {@link Reason#PEER_NOT_TRUSTED} when another is known, perhaps since a
   *     moment ago
   * @throws IOException when the file cannot be read or written; the message is a sentence
   */
  public void remember(ServerAddress server, String account, Fingerprint shown) throws IOException {
    compare(file.remember(List.of(server.toString(), account), shown), shown);
  }

  private void compare(KnownLine<Fingerprint> known, Fingerprint shown) throws CulvertException {
    if (known.known().equals(shown)) {
      return;
    }
    String account = known.name().getLast();
    throw new CulvertException(
        Reason.PEER_NOT_TRUSTED,
        "%s at %s has another identity than before: %s instead of %s. Either %s uses another machine, or somebody pretends to be %s. Ask which is right; if the new one is, delete line %d of %s."
            .formatted(
                account,
                known.name().getFirst(),
                shown.attribute(),
                known.known().attribute(),
                account,
                account,
                known.number(),
                file.path()));
  }
}
