package io.culvert.server.account;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.culvert.server.config.KeyFile;
import io.culvert.server.net.ServerStartException;
import io.culvert.server.turn.auth.UserKeys;
import io.culvert.wire.stun.StunAttribute.UserHash;
import io.culvert.wire.stun.StunKey;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * How the TURN keys of a realm are kept in the database: sealed by AES-256-GCM with a key that is
 * not in the database, and bound to their user, so that nobody who can write there can give one
 * account the keys of another. Thread-safe.
 *
 * <pre>
 *  0          12                         60         76
 * +----------+--------------------------+----------+
 * |  nonce   | MD5, SHA-256 (encrypted) |   tag    |  in base64
 * +----------+--------------------------+----------+
 * </pre>
 */
final class TurnSeal {
  private static final KeyFile FILE =
      new KeyFile(
          "turn.key", "TURN", "accounts then cannot use TURN until they log in the next time");

  private static final String CIPHER = "AES/GCM/NoPadding";
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final int MD5_BYTES = 16;
  private static final int KEYS_BYTES = MD5_BYTES + 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final SecretKeySpec key;
  private final String realm;

  /**
   * How they are kept in the database.
   *
   * @param user {@link #user}
   */
  record Sealed(String user, String keys) {}

  TurnSeal(byte[] key, String realm) {
    this.key = new SecretKeySpec(key, "AES");
    this.realm = realm;
  }

  /**
   * With the key in that data directory, where a new one is kept if there is none.
   *
   * @throws ServerStartException when there is none that can be used, or when it cannot be kept
   */
  static TurnSeal keptIn(Path data, String realm) throws ServerStartException {
    return new TurnSeal(FILE.keptIn(data), realm);
  }

  /**
   * What a user is called in the database, whichever way a request names them: the USERHASH of RFC
   * 8489 §14.4, hexadecimal.
   *
   * @return nothing when RFC 8265 allows no such name
   */
  Optional<String> user(String name) {
    try {
      return Optional.of(user(UserHash.of(name, realm)));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The same for a name that came as a hash. */
  static String user(UserHash hash) {
    return HexFormat.of().formatHex(hash.hash());
  }

  /**
   * Seals the keys of a password.
   *
   * @return nothing when no client can have such a name or password
   */
  Optional<Sealed> seal(String account, String password) {
    return keys(account, password)
        .flatMap(keys -> user(account).map(user -> new Sealed(user, seal(keys, user))));
  }

  /** Those of a password: first MD5, then SHA-256. */
  private Optional<byte[]> keys(String account, String password) {
    try {
      UserKeys keys = UserKeys.of(account, realm, password);
      byte[] bytes = Arrays.copyOf(keys.md5().toBytes(), KEYS_BYTES);
      System.arraycopy(keys.sha256().toBytes(), 0, bytes, MD5_BYTES, KEYS_BYTES - MD5_BYTES);
      return Optional.of(bytes);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private String seal(byte[] keys, String user) {
    byte[] nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    try {
      byte[] encrypted = cipher(Cipher.ENCRYPT_MODE, nonce, user).doFinal(keys);
      byte[] sealed = Arrays.copyOf(nonce, NONCE_BYTES + encrypted.length);
      System.arraycopy(encrypted, 0, sealed, NONCE_BYTES, encrypted.length);
      return Base64.getEncoder().encodeToString(sealed);
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK has " + CIPHER, e);
    }
  }

  /**
   * Opens the keys of an account.
   *
   * @return nothing when they were sealed with another key, for another user, or not at all
   */
  Optional<UserKeys> open(String account, Sealed sealed) {
    return open(sealed)
        .map(keys ->
            new UserKeys(
                account,
                StunKey.of(Arrays.copyOf(keys, MD5_BYTES)),
                StunKey.of(Arrays.copyOfRange(keys, MD5_BYTES, KEYS_BYTES))));
  }

  private Optional<byte[]> open(Sealed sealed) {
    try {
      byte[] bytes = Base64.getDecoder().decode(sealed.keys());
      if (bytes.length != NONCE_BYTES + KEYS_BYTES + TAG_BITS / Byte.SIZE) {
        return Optional.empty();
      }
      return Optional.of(
          cipher(Cipher.DECRYPT_MODE, Arrays.copyOf(bytes, NONCE_BYTES), sealed.user())
              .doFinal(bytes, NONCE_BYTES, bytes.length - NONCE_BYTES));
    } catch (IllegalArgumentException | AEADBadTagException e) {
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK has " + CIPHER, e);
    }
  }

  private Cipher cipher(int mode, byte[] nonce, String user) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance(CIPHER);
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(user.getBytes(UTF_8));
    return cipher;
  }

  /** Whether an account has no keys in this realm that are those of its password. */
  boolean isStale(Optional<Sealed> kept, String account, String password) {
    Optional<byte[]> right = keys(account, password);
    Optional<byte[]> known =
        kept.filter(sealed -> Optional.of(sealed.user()).equals(user(account))).flatMap(this::open);
    return !Arrays.equals(right.orElse(null), known.orElse(null));
  }
}
