package io.culvert.client.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.ServerAddress;
import io.culvert.client.flow.Credential;
import io.culvert.client.flow.FlowLogin;
import io.culvert.client.quic.KnownServers;
import io.culvert.client.tls.Fingerprint;
import io.culvert.client.tls.ServerSecurity;
import io.culvert.client.tls.ServerSecurity.Encrypted;
import io.culvert.client.tls.ServerSecurity.Verification;
import io.culvert.client.tls.ServerTrust;
import io.culvert.client.tls.ServerTrust.Authorities;
import io.culvert.client.tls.ServerTrust.FirstUse;
import io.culvert.client.tls.ServerTrust.Pinned;
import io.culvert.client.tls.TlsPolicy;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerMemoryTest {
  private static final Fingerprint SHOWN = new Fingerprint("01".repeat(32));
  private final CulvertException notTrusted =
      new CulvertException(Reason.SERVER_NOT_TRUSTED, "It is another.");

  @TempDir Path directory;

  @Test
  void whatWasMetOnceIsDemandedTheNextTime() throws IOException {
    memory(TlsPolicy.PREFERRED, new FirstUse()).met(new Encrypted(SHOWN, Verification.FIRST_USE));
    ServerMemory memory = memory(TlsPolicy.PREFERRED, new FirstUse());
    assertThat(memory.login()).isEqualTo(login(TlsPolicy.REQUIRED, new Pinned(SHOWN)));
    assertThat(memory.explained(notTrusted))
        .hasMessage(
            "It is another. What it has shown before is in line 1 of %s: delete that line if the operator confirms that it is another now.",
            file());
    CulvertException refused = new CulvertException(Reason.LOGIN_REFUSED, "No.");
    assertThat(memory.explained(refused)).isSameAs(refused);
  }

  @Test
  void whoAnAuthorityVouchedForOnceNeedsOneTheNextTime() throws IOException {
    memory(TlsPolicy.PREFERRED, new FirstUse()).met(new Encrypted(SHOWN, Verification.AUTHORITY));
    assertThat(memory(TlsPolicy.PREFERRED, new FirstUse()).login())
        .isEqualTo(login(TlsPolicy.REQUIRED, new Authorities()));
  }

  @Test
  void aServerWithoutTlsIsNotRemembered() throws IOException {
    memory(TlsPolicy.PREFERRED, new FirstUse()).met(new ServerSecurity.Plain());
    assertThat(file()).doesNotExist();
  }

  @Test
  void whoSaysWhomToBelieveIsHeeded() throws IOException {
    memory(TlsPolicy.REQUIRED, new FirstUse()).met(new Encrypted(SHOWN, Verification.FIRST_USE));
    assertStays(TlsPolicy.REQUIRED, new Authorities());
    assertStays(TlsPolicy.REQUIRED, new Pinned(new Fingerprint("fe".repeat(32))));
    assertStays(TlsPolicy.NONE, new FirstUse());
  }

  private void assertStays(TlsPolicy tls, ServerTrust trust) throws IOException {
    ServerMemory memory = memory(tls, trust);
    assertThat(memory.login()).isEqualTo(login(tls, trust));
    assertThat(memory.explained(notTrusted)).isSameAs(notTrusted);
  }

  private ServerMemory memory(TlsPolicy tls, ServerTrust trust) throws IOException {
    return new ServerMemory(new KnownServers(file()), login(tls, trust));
  }

  private static FlowLogin login(TlsPolicy tls, ServerTrust trust) {
    return new FlowLogin(
        new ServerAddress("rendezvous.example", 3375),
        "alice",
        new Credential.Password("secret"),
        tls,
        trust);
  }

  private Path file() {
    return directory.resolve("known_servers");
  }
}
