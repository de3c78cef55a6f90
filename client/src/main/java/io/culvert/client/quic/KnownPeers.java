package io.culvert.client.quic;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.ServerAddress;
import io.culvert.client.tls.Fingerprint;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Which identity peers have shown the first time: a text file for this user only, with a line a
 * peer. It is read whenever it is asked, so whoever edits it is heeded at once. Thread-safe, and
 * safe between processes; blocks for the disk.
 *
 * <pre>
 * # comment
 * rendezvous.example:3375 bob sha-256 4A:AD:…
 * </pre>
 *
 * What is white space, a control character, {@code #} or {@code %} in a name is written as {@code
 * %} and two hexadecimal digits for each of its bytes in UTF-8.
 */
public final class KnownPeers {
  /** A lock of the system is the process's: its threads need one of their own. */
  private static final ReentrantLock THREADS = new ReentrantLock();

  private final PrivateFile file;

  /** The file need not be there. */
  public KnownPeers(Path file) {
    this.file = new PrivateFile(file);
  }

  /**
   * Looks whether the peer may have this identity: it is the one that is known, or none is.
   *
   * @throws CulvertException {@link Reason#PEER_NOT_TRUSTED} when another is known
   * @throws IOException when the file cannot be read; the message is a sentence
   */
  public void check(ServerAddress server, String account, Fingerprint shown) throws IOException {
    Optional<KnownPeer> known = find(lines(), new KnownPeer.Name(server.toString(), account));
    if (known.isPresent() && !known.get().fingerprint().equals(shown)) {
      throw changed(known.get(), shown);
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
    KnownPeer.Name name = new KnownPeer.Name(server.toString(), account);
    THREADS.lock();
    try {
      file.prepareDirectory();
      Path lock = file.path().resolveSibling(file.path().getFileName() + ".lock");
      try (FileChannel channel =
              FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          var _ = channel.lock()) {
        List<String> lines = lines();
        Optional<KnownPeer> known = find(lines, name);
        if (known.isEmpty()) {
          lines.add(new KnownPeer(name, shown, lines.size() + 1).line());
          file.replace((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
        } else if (!known.get().fingerprint().equals(shown)) {
          throw changed(known.get(), shown);
        }
      }
    } catch (CulvertException e) {
      throw e;
    } catch (IOException e) {
      throw new IOException(
          "%s cannot be remembered in %s: %s. Let this user write there."
              .formatted(account, file.path(), IdentityFile.reason(e)),
          e);
    } finally {
      THREADS.unlock();
    }
  }

  private List<String> lines() throws IOException {
    try {
      return new ArrayList<>(Files.readAllLines(file.path()));
    } catch (NoSuchFileException e) {
      return new ArrayList<>();
    } catch (IOException e) {
      throw new IOException(
          "%s, where the identities of peers are remembered, cannot be read: %s. Let this user read it, or delete it: peers are then believed as if for the first time."
              .formatted(file.path(), IdentityFile.reason(e)),
          e);
    }
  }

  private Optional<KnownPeer> find(List<String> lines, KnownPeer.Name name) throws IOException {
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      KnownPeer peer;
      try {
        peer = KnownPeer.parse(line, i + 1);
      } catch (IllegalArgumentException e) {
        // It may be the one that is looked for.
        throw new IOException(
            "Line %d of %s is not a server, a peer's name and a fingerprint. Correct or delete it."
                .formatted(i + 1, file.path()),
            e);
      }
      if (peer.name().equals(name)) {
        return Optional.of(peer);
      }
    }
    return Optional.empty();
  }

  private CulvertException changed(KnownPeer known, Fingerprint shown) {
    return new CulvertException(
        Reason.PEER_NOT_TRUSTED,
        "%s at %s has another identity than before: %s instead of %s. Either %s uses another machine, or somebody pretends to be %s. Ask which is right; if the new one is, delete line %d of %s."
            .formatted(
                known.name().account(),
                known.name().server(),
                shown.attribute(),
                known.fingerprint().attribute(),
                known.name().account(),
                known.name().account(),
                known.number(),
                file.path()));
  }
}
