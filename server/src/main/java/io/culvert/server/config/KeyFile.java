package io.culvert.server.config;

import io.culvert.server.net.ServerStartException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.SecureRandom;

/**
 * A file in the data directory that has a secret key in it: 32 random bytes and nothing else.
 *
 * @param name of the file
 * @param purpose what it is for, in sentences
 * @param whenLost what happens when the file is deleted, for sentences
 */
public record KeyFile(String name, String purpose, String whenLost) {
  public static final int BYTES = 32;

  /** A new key. */
  public static byte[] random() {
    byte[] key = new byte[BYTES];
    new SecureRandom().nextBytes(key);
    return key;
  }

  /**
   * The key in that data directory, where a new one is kept if there is none. Processes that do
   * this at the same time get the same.
   *
   * @throws ServerStartException when there is none that can be used, or when it cannot be kept
   */
  public byte[] keptIn(Path data) throws ServerStartException {
    Path file = data.resolve(name);
    if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      DataDirectory.prepare(data);
      try {
        DataDirectory.addPrivateFile(file, random());
      } catch (IOException e) {
        throw new ServerStartException(
            "The key for %s cannot be kept in %s: %s. Name another data directory with --data."
                .formatted(purpose, file, e.getMessage()),
            e);
      }
    }
    return read(file);
  }

  private byte[] read(Path file) throws ServerStartException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] key = in.readNBytes(BYTES + 1);
      if (key.length == BYTES) {
        return key;
      }
    } catch (AccessDeniedException e) {
      throw new ServerStartException(
          "%s may not be read by this user. Let this user read it, or name another data directory with --data."
              .formatted(file),
          e);
    } catch (IOException e) {
      throw new ServerStartException(
          "%s, the key for %s, cannot be read: %s. Restore it, or name another data directory with --data."
              .formatted(file, purpose, e.getMessage()),
          e);
    }
    throw new ServerStartException(
        "%s is not a key for %s, which has %d bytes. Restore it, or delete it: %s."
            .formatted(file, purpose, BYTES, whenLost),
        null);
  }
}
