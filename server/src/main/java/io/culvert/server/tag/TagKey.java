package io.culvert.server.tag;

import io.culvert.server.config.DataDirectory;
import io.culvert.server.net.ServerStartException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.SecureRandom;
import javax.crypto.spec.SecretKeySpec;

/** What a server's tags are made with: whoever has it can name the tag of any address. */
final class TagKey {
  /** In the data directory: the bytes of the key and nothing else. */
  static final String FILE = "tag.key";

  static final int BYTES = 32;

  static final String ALGORITHM = "HmacSHA256";

  private final byte[] secret;

  /** One that has been kept. */
  TagKey(byte[] secret) {
    this.secret = secret.clone();
  }

  /** A new one. */
  static TagKey random() {
    byte[] secret = new byte[BYTES];
    new SecureRandom().nextBytes(secret);
    return new TagKey(secret);
  }

  /**
   * The one in that data directory, where a new one is kept if there is none.
   *
   * @throws ServerStartException when there is none that can be used, or when it cannot be kept
   */
  static TagKey keptIn(Path data) throws ServerStartException {
    Path file = data.resolve(FILE);
    if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      return read(file);
    }
    DataDirectory.prepare(data);
    TagKey key = random();
    try {
      DataDirectory.writePrivateFile(file, key.secret);
      return key;
    } catch (IOException e) {
      throw new ServerStartException(
          "The key of the tags cannot be kept in %s: %s. Name another data directory with --data."
              .formatted(file, e.getMessage()),
          e);
    }
  }

  private static TagKey read(Path file) throws ServerStartException {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] secret = in.readNBytes(BYTES + 1);
      if (secret.length == BYTES) {
        return new TagKey(secret);
      }
    } catch (AccessDeniedException e) {
      throw new ServerStartException(
          "%s may not be read by this user. Let this user read it, or name another data directory with --data."
              .formatted(file),
          e);
    } catch (IOException e) {
      throw new ServerStartException(
          "%s, the key of the tags, cannot be read: %s. Restore it, or name another data directory with --data."
              .formatted(file, e.getMessage()),
          e);
    }
    throw new ServerStartException(
        "%s is not a key for tags, which has %d bytes. Restore it, or delete it: every client then gets another tag."
            .formatted(file, BYTES),
        null);
  }

  SecretKeySpec forMac() {
    return new SecretKeySpec(secret, ALGORITHM);
  }
}
