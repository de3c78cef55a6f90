package io.culvert.server.turn;

import io.culvert.server.config.ServerConfig.TlsConfig;
import io.culvert.server.config.TestConfigs;
import io.culvert.server.net.ServerStartException;
import io.culvert.server.tls.ServerCertificate;
import io.culvert.server.tls.TlsFront;
import io.culvert.server.turn.auth.Credentials;
import io.culvert.server.turn.auth.KnownUsers;
import io.culvert.server.turn.auth.UserKeys;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A server on the loopback address, with two users, whose peers may be on loopback, too. */
final class TestTurnServer implements AutoCloseable {
  static final String REALM = "culvert";
  static final UserKeys ALICE = UserKeys.of("alice", REALM, "wonderland");
  static final UserKeys BOB = UserKeys.of("bob", REALM, "builder");

  private static final InetAddress LOOPBACK = InetAddress.ofLiteral("127.0.0.1");

  private final ServerCertificate certificate;
  private final TurnServer turn;

  /**
   * Starts it.
   *
   * @param data an empty directory
   * @param settings {@code KEY=VALUE}, where they are not the defaults
   */
  TestTurnServer(Path data, String... settings) throws ServerStartException {
    certificate = ServerCertificate.start(new TlsConfig(Optional.empty(), Optional.empty()), data);
    List<String> all =
        new ArrayList<>(
            List.of("turn.port=0", "turn.tls-port=0", "turn.allow-loopback-peers=true"));
    all.addAll(List.of(settings));
    turn =
        TurnServer.start(
            List.of(LOOPBACK),
            Optional.empty(),
            TestConfigs.with(all.toArray(String[]::new)).turn(),
            new Credentials(REALM, new KnownUsers(REALM, ALICE, BOB)),
            new TlsFront(certificate),
            certificate);
  }

  TurnServer turn() {
    return turn;
  }

  InetSocketAddress address() {
    return new InetSocketAddress(LOOPBACK, turn.port());
  }

  InetSocketAddress tlsAddress() {
    return new InetSocketAddress(LOOPBACK, turn.tlsPort());
  }

  long counted(TurnCounter counter) {
    return turn.counters().getOrDefault(counter, 0L);
  }

  @Override
  public void close() {
    turn.close();
    certificate.close();
  }
}
