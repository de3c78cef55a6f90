package io.culvert.server.flow;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.culvert.wire.flow.TurnCredentials;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes credentials for the TURN server that say themselves how long they are good, so that nobody
 * has to remember them (draft-uberti-behave-turn-rest-00 §2.2). Thread-safe.
 */
public final class RelayCredentials {
  /** Long enough for a call; who has an allocation by then may keep it. */
  static final Duration LIFE = Duration.ofDays(1);

  private static final int SECRET_BYTES = 32;

  private static final String ALGORITHM = "HmacSHA1";

  private final Supplier<String> secret;
  private final InstantSource time;

  /**
   * Credentials of a server.
   *
   * @param secret what the TURN server knows, too; the newest one when it knows several
   * @param time the time of day
   */
  public RelayCredentials(Supplier<String> secret, InstantSource time) {
    this.secret = secret;
    this.time = time;
  }

  /** A secret for a server that was told none; credentials made with it die with the process. */
  public static String randomSecret() {
    byte[] bytes = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** What lets that account use the server at that address. */
  TurnCredentials mint(String account, InetSocketAddress server) {
    String username = time.instant().plus(LIFE).getEpochSecond() + ":" + account;
    String where = NetUtil.toSocketAddressString(server);
    return new TurnCredentials(
        List.of("turn:" + where + "?transport=udp", "turn:" + where + "?transport=tcp"),
        username,
        Base64.getEncoder().encodeToString(hmac(username)),
        LIFE);
  }

  private byte[] hmac(String text) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret.get().getBytes(UTF_8), ALGORITHM));
      return mac.doFinal(text.getBytes(UTF_8));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JVM has HmacSHA1", e);
    }
  }
}
