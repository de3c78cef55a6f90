package io.culvert.server.turn.auth;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The name of a credential that expires: {@code 1760000000:alice}. Its password follows from a
 * secret that the server shares with whoever hands such credentials out
 * (draft-uberti-behave-turn-rest-00).
 *
 * @param expires when no allocation can be made with it any more
 * @param user who allocations are counted for; anything
 */
public record TimeLimited(Instant expires, String user) {
  // More digits could overflow.
  private static final Pattern NAME = Pattern.compile("([0-9]{1,18}):(.+)", Pattern.DOTALL);

  private static final String ALGORITHM = "HmacSHA1";

  /** What a username says, empty when it is no such name. */
  public static Optional<TimeLimited> of(String username) {
    Matcher matcher = NAME.matcher(username);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    try {
      Instant expires = Instant.ofEpochSecond(Long.parseLong(matcher.group(1)));
      return Optional.of(new TimeLimited(expires, matcher.group(2)));
    } catch (DateTimeException e) {
      return Optional.empty(); // a billion years ahead
    }
  }

  /** Whether it is over. */
  public boolean isOver(Instant now) {
    return !now.isBefore(expires);
  }

  /** The name, as it stands in USERNAME. */
  public String username() {
    return expires.getEpochSecond() + ":" + user;
  }

  /**
   * The password of a username.
   *
   * @param secret not empty
   */
  public static String password(String secret, String username) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), ALGORITHM));
      return Base64.getEncoder()
          .encodeToString(mac.doFinal(username.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException | InvalidKeyException e) {
      throw new AssertionError("every JDK has " + ALGORITHM + ", which takes any key", e);
    }
  }
}
