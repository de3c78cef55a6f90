package io.culvert.server.flow;

import io.culvert.server.turn.auth.TimeLimited;
import io.culvert.wire.flow.TurnCredentials;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Hands out credentials for the TURN server, one for each call and account. Thread-safe. */
public final class RelayCredentials {
  /** Long enough for a call; who has an allocation by then may keep it. */
  static final Duration LIFE = Duration.ofDays(1);

  private static final int SECRET_BYTES = 32;

  private final Supplier<Optional<String>> secret;
  private final InstantSource time;

  /**
   * Credentials of a server.
   *
   * @param secret what the TURN server knows, too; the newest one when it knows several, and
   *     nothing when it knows none
   * @param time the time of day
   */
  public RelayCredentials(Supplier<Optional<String>> secret, InstantSource time) {
    this.secret = secret;
    this.time = time;
  }

  /** A secret for a server that was told none; credentials made with it die with the process. */
  public static String randomSecret() {
    byte[] bytes = new byte[SECRET_BYTES];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** What lets that account use the server at that address, if anything can. */
  Optional<TurnCredentials> mint(String account, InetSocketAddress server) {
    return secret.get().map(known -> mint(account, server, known));
  }

  private TurnCredentials mint(String account, InetSocketAddress server, String known) {
    String username = new TimeLimited(time.instant().plus(LIFE), account).username();
    String where = NetUtil.toSocketAddressString(server);
    return new TurnCredentials(
        List.of("turn:" + where + "?transport=udp", "turn:" + where + "?transport=tcp"),
        username,
        TimeLimited.password(known, username),
        LIFE);
  }
}
