package io.culvert.client.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.net.TestAuthority;
import io.culvert.client.net.TestAuthority.Identity;
import io.culvert.client.tls.Fingerprint;
import io.culvert.client.tls.ServerSecurity;
import io.culvert.client.tls.ServerSecurity.Encrypted;
import io.culvert.client.tls.ServerSecurity.Plain;
import io.culvert.client.tls.ServerSecurity.Verification;
import io.culvert.client.tls.ServerTrust;
import io.culvert.client.tls.ServerTrust.Authorities;
import io.culvert.client.tls.ServerTrust.FirstUse;
import io.culvert.client.tls.ServerTrust.Pinned;
import io.culvert.client.tls.TlsPolicy;
import io.culvert.wire.flow.FlowMessage.HeartBeat;
import io.culvert.wire.flow.FlowMessage.LoginRequest;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EncryptedServerTest {
  private final Identity identity = TestAuthority.selfSigned();
  private final Fingerprint fingerprint = Fingerprint.of(identity.chain().getFirst());

  EncryptedServerTest() throws Exception {}

  @Test
  void loginAndSignalsAreEncryptedByTheSameCertificate() throws Exception {
    try (FakeServer server = new FakeServer(tls(identity), tls(identity));
        Person alice = new Person(login(server, TlsPolicy.REQUIRED, new FirstUse()))) {
      await().until(() -> server.heard(HeartBeat.class).size() == 1);
      assertThat(alice.client().session().security())
          .isEqualTo(new Encrypted(fingerprint, Verification.FIRST_USE));
    }
  }

  @Test
  void aPinnedCertificateIsEnough() throws Exception {
    try (FakeServer server = new FakeServer(tls(identity), tls(identity))) {
      FlowSession session =
          FlowClient.login(login(server, TlsPolicy.REQUIRED, new Pinned(fingerprint)));
      assertThat(session.security())
          .isEqualTo(new Encrypted(fingerprint, Verification.FINGERPRINT));
    }
  }

  @Test
  void thePasswordIsNotToldToAServerThatIsNotTrusted() throws Exception {
    try (FakeServer server = new FakeServer(tls(identity), tls(identity))) {
      Fingerprint another = Fingerprint.of(TestAuthority.selfSigned().chain().getFirst());
      assertNotTrusted(login(server, TlsPolicy.PREFERRED, new Pinned(another)));
      assertNotTrusted(login(server, TlsPolicy.PREFERRED, new Authorities()));
      assertThat(server.heard(LoginRequest.class)).isEmpty();
    }
  }

  @Test
  void norToOneWithoutTlsWhereItIsRequired() throws Exception {
    try (FakeServer server = new FakeServer()) {
      assertNotTrusted(login(server, TlsPolicy.REQUIRED, new FirstUse()));
      assertThat(server.heard()).isEmpty();
    }
  }

  @Test
  void theTokenIsNotToldToASignalServerWithAnotherCertificate() throws Exception {
    try (FakeServer server = new FakeServer(tls(identity), tls(TestAuthority.selfSigned()))) {
      assertNotTrusted(login(server, TlsPolicy.PREFERRED, new FirstUse()));
      assertThat(server.heard(HeartBeat.class)).isEmpty();
    }
  }

  @Test
  void norToOneWithoutTlsWhenTheLoginWasEncrypted() throws Exception {
    try (FakeServer server = new FakeServer(tls(identity), Optional.empty())) {
      assertNotTrusted(login(server, TlsPolicy.PREFERRED, new FirstUse()));
      assertThat(server.heard(HeartBeat.class)).isEmpty();
    }
  }

  @Test
  void aServerWithoutTlsWillDoWhereTlsIsOnlyPreferred() throws Exception {
    try (FakeServer server = new FakeServer();
        Person alice = new Person(login(server, TlsPolicy.PREFERRED, new FirstUse()))) {
      await().until(() -> server.heard(HeartBeat.class).size() == 1);
      assertThat(alice.client().session().security()).isEqualTo(new Plain());
    }
  }

  @Test
  void theTokenIsLoggedOutWhereTheLoginWasEncrypted() throws Exception {
    try (FakeServer server = new FakeServer(tls(identity), tls(identity))) {
      FlowSession session = FlowClient.login(login(server, TlsPolicy.REQUIRED, new FirstUse()));
      FlowLogin withToken =
          new FlowLogin(
              server.address(),
              "alice",
              new Credential.Token(session.token()),
              TlsPolicy.REQUIRED,
              new Pinned(fingerprint));
      FlowClient.logout(withToken);
      assertThatThrownBy(() -> FlowClient.login(withToken))
          .isInstanceOfSatisfying(
              CulvertException.class,
              why -> assertThat(why.reason()).isEqualTo(Reason.LOGIN_REFUSED));
    }
  }

  @Test
  void withoutTlsNoCertificateCanBePinned() throws Exception {
    try (FakeServer server = new FakeServer()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> login(server, TlsPolicy.NONE, new Pinned(fingerprint)));
    }
  }

  @Test
  void whatWasSeenOnceIsDemandedTheNextTime() {
    Demand first = new Demand(TlsPolicy.PREFERRED, new FirstUse());
    assertThat(first.after(new Plain())).isEqualTo(first);
    assertThat(first.after(new Encrypted(fingerprint, Verification.FIRST_USE)))
        .isEqualTo(new Demand(TlsPolicy.REQUIRED, new Pinned(fingerprint)));
    assertThat(first.after(new Encrypted(fingerprint, Verification.FINGERPRINT)))
        .isEqualTo(new Demand(TlsPolicy.REQUIRED, new Pinned(fingerprint)));
    assertThat(first.after(new Encrypted(fingerprint, Verification.AUTHORITY)))
        .isEqualTo(new Demand(TlsPolicy.REQUIRED, new Authorities()));
  }

  @Test
  void theSignalServerShowsWhatTheAccountServerHasShown() {
    ServerSecurity vouchedFor = new Encrypted(fingerprint, Verification.AUTHORITY);
    assertThat(Demand.onSignalServer(vouchedFor))
        .isEqualTo(new Demand(TlsPolicy.REQUIRED, new Pinned(fingerprint)));
    assertThat(Demand.onSignalServer(new Plain()).tls()).isEqualTo(TlsPolicy.NONE);
  }

  private static FlowLogin login(FakeServer server, TlsPolicy tls, ServerTrust trust) {
    FlowLogin plain = server.login("alice");
    return new FlowLogin(plain.server(), plain.account(), plain.credential(), tls, trust);
  }

  private static void assertNotTrusted(FlowLogin login) {
    assertThatThrownBy(() -> FlowClient.online(login, FlowListener.NOBODY))
        .isInstanceOfSatisfying(
            CulvertException.class,
            why -> assertThat(why.reason()).isEqualTo(Reason.SERVER_NOT_TRUSTED));
  }

  private static Optional<SslContext> tls(Identity identity) throws Exception {
    return Optional.of(
        SslContextBuilder.forServer(identity.keys().getPrivate(), identity.chain()).build());
  }
}
