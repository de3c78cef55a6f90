package io.culvert.client.quic;

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
import java.util.function.Function;

/**
 * What others have shown the first time: a text file for this user only, with a line for each. It
 * is read whenever it is asked, so whoever edits it is heeded at once. Thread-safe, and safe
 * between processes; blocks for the disk.
 *
 * <p>What is white space, a control character, {@code #} or {@code %} in a name is written as
 * {@code %} and two hexadecimal digits for each of its bytes in UTF-8.
 */
final class KnownFile<V> {
  /**
   * What a line is.
   *
   * @param words of which a name is made
   * @param who "peers"
   * @param what is known of them: "identities"
   * @param line "a server, a peer's name and a fingerprint"
   * @param read throws IllegalArgumentException when that is not known of anybody
   */
  record Form<V>(
      int words,
      String who,
      String what,
      String line,
      Function<String, V> read,
      Function<V, String> write) {}

  /** A lock of the system is the process's: its threads need one of their own. */
  private static final ReentrantLock THREADS = new ReentrantLock();

  private final PrivateFile file;
  private final Form<V> form;

  /** The file need not be there. */
  KnownFile(Path file, Form<V> form) {
    this.file = new PrivateFile(file);
    this.form = form;
  }

  Path path() {
    return file.path();
  }

  /** What is known under that name; throws when the file cannot be read, with a sentence. */
  Optional<KnownLine<V>> find(List<String> name) throws IOException {
    return find(lines(), name);
  }

  /**
   * Remembers it unless something is known under that name already, perhaps since a moment ago.
   *
   * @return what is known now
   * @throws IOException when the file cannot be read or written; the message is a sentence
   */
  KnownLine<V> remember(List<String> name, V shown) throws IOException {
    THREADS.lock();
    try {
      file.prepareDirectory();
      Path lock = path().resolveSibling(path().getFileName() + ".lock");
      try (FileChannel channel =
              FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          var _ = channel.lock()) {
        List<String> lines = lines();
        Optional<KnownLine<V>> known = find(lines, name);
        if (known.isPresent()) {
          return known.get();
        }
        KnownLine<V> added = new KnownLine<>(name, shown, lines.size() + 1);
        lines.add(added.line(form));
        file.replace((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
        return added;
      }
    } catch (IOException e) {
      throw new IOException(
          "%s cannot be remembered in %s: %s. Let this user write there."
              .formatted(name.getLast(), path(), IdentityFile.reason(e)),
          e);
    } finally {
      THREADS.unlock();
    }
  }

  private List<String> lines() throws IOException {
    try {
      return new ArrayList<>(Files.readAllLines(path()));
    } catch (NoSuchFileException e) {
      return new ArrayList<>();
    } catch (IOException e) {
      throw new IOException(
          "%s, where the %s of %s are remembered, cannot be read: %s. Let this user read it, or delete it: %3$s are then believed as if for the first time."
              .formatted(path(), form.what(), form.who(), IdentityFile.reason(e)),
          e);
    }
  }

  private Optional<KnownLine<V>> find(List<String> lines, List<String> name) throws IOException {
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      KnownLine<V> known;
      try {
        known = KnownLine.parse(line, i + 1, form);
      } catch (IllegalArgumentException e) {
        // It may be the one that is looked for.
        throw new IOException(
            "Line %d of %s is not %s. Correct or delete it.".formatted(i + 1, path(), form.line()),
            e);
      }
      if (known.name().equals(name)) {
        return Optional.of(known);
      }
    }
    return Optional.empty();
  }
}
