package io.culvert.server.tag;

import io.culvert.server.config.KeyFile;
import io.culvert.server.net.ServerStartException;
import java.nio.file.Path;
import javax.crypto.spec.SecretKeySpec;

/** What a server's tags are made with: whoever has it can name the tag of any address. */
final class TagKey {
  static final int BYTES = KeyFile.BYTES;

  static final String ALGORITHM = "HmacSHA256";

  private static final KeyFile FILE =
      new KeyFile("tag.key", "tags", "every client then gets another tag");

  private final byte[] secret;

  /** One that has been kept. */
  TagKey(byte[] secret) {
    this.secret = secret.clone();
  }

  /** A new one. */
  static TagKey random() {
    return new TagKey(KeyFile.random());
  }

  /**
   * The one in that data directory, where a new one is kept if there is none.
   *
   * @throws ServerStartException when there is none that can be used, or when it cannot be kept
   */
  static TagKey keptIn(Path data) throws ServerStartException {
    return new TagKey(FILE.keptIn(data));
  }

  SecretKeySpec forMac() {
    return new SecretKeySpec(secret, ALGORITHM);
  }
}
