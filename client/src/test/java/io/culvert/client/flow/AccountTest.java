package io.culvert.client.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.client.ServerAddress;
import io.culvert.client.net.RelayedPort;
import io.culvert.client.tls.ServerSecurity;
import io.culvert.client.tls.ServerTrust;
import io.culvert.client.tls.TlsPolicy;
import io.culvert.wire.flow.TurnCredentials;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Where a server that has addresses of both families is looked for after the login. */
class AccountTest {
  private static final String IPV4 = "192.0.2.1";
  private static final String IPV6 = "2001:db8::1";

  /** As a network with IPv6 only has it for the same server. */
  private static final String SYNTHESIZED = "64:ff9b::c000:201";

  @Test
  void whoWasReachedAtOneOfSeveralAddressesMayBeThereLaterOrAtTheOthers() {
    Account account = account(IPV4, List.of(IPV6), IPV4);
    assertThat(account.signalServers()).containsExactly(at(IPV4, 3376), at(IPV6, 3376));
    assertThat(StunServers.ofPeer(account)).containsExactly(at(IPV4, 3478), at(IPV6, 3478));
    assertThat(StunServers.relayOfPeer(account))
        .hasValueSatisfying(relay -> {
          assertThat(relay.server()).isEqualTo(at(IPV4, 3478));
          assertThat(relay.otherwise()).isEmpty();
        });
  }

  @Test
  void behindATranslatorItIsWhereItWasReachedAndNotWhereItBelievesToBe() {
    Account account = account(SYNTHESIZED, List.of(), IPV4);
    assertThat(account.signalServers()).containsExactly(at(SYNTHESIZED, 3376), at(IPV4, 3376));
    assertThat(StunServers.ofPeer(account)).containsExactly(at(IPV4, 3478), at(SYNTHESIZED, 3478));
    assertThat(StunServers.relayOfPeer(account).map(RelayedPort.Access::server))
        .contains(at(SYNTHESIZED, 3478));
    assertThat(StunServers.relayOfPeer(account).flatMap(RelayedPort.Access::otherwise))
        .contains(at(IPV4, 3478));
  }

  @Test
  void aServerElsewhereIsTakenAtItsWord() {
    Account account = account(IPV4, List.of(IPV6), "198.51.100.7");
    assertThat(account.signalServers()).containsExactly(at("198.51.100.7", 3376));
    assertThat(StunServers.relayOfPeer(account).map(RelayedPort.Access::server))
        .contains(at("198.51.100.7", 3478));
  }

  /** It tells where signals and STUN are. */
  private static Account account(String reachedAt, List<String> otherwise, String told) {
    return new Account(
        new FlowSession(
            "alice", "token", new ServerAddress(told, 3376), new ServerSecurity.Plain()),
        at(reachedAt, 3375),
        otherwise.stream().map(other -> at(other, 3375)).toList(),
        at(told, 3376),
        CompletableFuture.completedFuture(Optional.of(at(told, 3478))),
        Optional.of(new TurnCredentials(List.of(), "name", "pw", Duration.ofHours(1))),
        new FlowLogin(
            new ServerAddress("flow.example", 3375),
            "alice",
            new Credential.Token("token"),
            TlsPolicy.NONE,
            new ServerTrust.FirstUse()));
  }

  private static InetSocketAddress at(String address, int port) {
    return new InetSocketAddress(InetAddress.ofLiteral(address), port);
  }
}
