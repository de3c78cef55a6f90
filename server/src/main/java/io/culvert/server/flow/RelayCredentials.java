package io.culvert.server.flow;

import io.culvert.server.turn.auth.TimeLimited;
import io.culvert.wire.flow.TurnCredentials;
import io.culvert.wire.flow.TurnUri;
import io.culvert.wire.flow.TurnUri.Transport;
import io.netty.util.NetUtil;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/** Hands out credentials for the TURN server, one for each call and account. Thread-safe. */
public final class RelayCredentials {
  /** Long enough for a call; who has an allocation by then may keep it. */
  static final Duration LIFE = Duration.ofDays(1);

  private static final int SECRET_BYTES = 32;

  private final int tlsPort;
  private final Supplier<OptionalInt> sharedPort;
  private final Supplier<List<TurnUri>> elsewhere;
  private final Supplier<Optional<String>> secret;
  private final InstantSource time;

  /**
   * Credentials of a server.
   *
   * @param tlsPort where it speaks TLS
   * @param sharedPort where all services do, if there is such a port
   * @param elsewhere where it can be reached, too, or another one that knows the secret
   * @param secret what the TURN server knows, too; the newest one when it knows several, and
   *     nothing when it knows none
   * @param time the time of day
   */
  public RelayCredentials(
      int tlsPort,
      Supplier<OptionalInt> sharedPort,
      Supplier<List<TurnUri>> elsewhere,
      Supplier<Optional<String>> secret,
      InstantSource time) {
    this.tlsPort = tlsPort;
    this.sharedPort = sharedPort;
    this.elsewhere = elsewhere;
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
    String host = NetUtil.toAddressString(server.getAddress());
    List<TurnUri> uris = new ArrayList<>();
    uris.add(new TurnUri(false, host, server.getPort(), Transport.UDP));
    uris.add(new TurnUri(false, host, server.getPort(), Transport.TCP));
    uris.add(new TurnUri(true, host, tlsPort, Transport.TCP));
    sharedPort.get().ifPresent(port -> uris.add(new TurnUri(true, host, port, Transport.TCP)));
    uris.addAll(elsewhere.get());
    return new TurnCredentials(
        uris.stream().map(TurnUri::toString).toList(),
        username,
        TimeLimited.password(known, username),
        LIFE);
  }
}
