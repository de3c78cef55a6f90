package io.culvert.client.quic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.ServerAddress;
import io.culvert.client.quic.KnownServers.Known;
import io.culvert.client.tls.Fingerprint;
import io.culvert.client.tls.ServerSecurity.Encrypted;
import io.culvert.client.tls.ServerSecurity.Verification;
import io.culvert.client.tls.ServerTrust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnownServersTest {
  private static final ServerAddress SERVER = new ServerAddress("rendezvous.example", 3375);
  private static final ServerAddress OTHER = new ServerAddress("::1", 443);
  private static final Fingerprint FIRST = new Fingerprint("01".repeat(32));
  private static final Fingerprint SECOND = new Fingerprint("fe".repeat(32));

  @TempDir Path directory;

  @Test
  void aFingerprintIsPinned() throws IOException {
    known().remember(OTHER, shown(SECOND, Verification.FIRST_USE));
    known().remember(SERVER, shown(FIRST, Verification.FIRST_USE));
    assertThat(known().find(SERVER))
        .contains(new Known(new ServerTrust.Pinned(FIRST), "line 2 of " + file()));
    assertThat(Files.readAllLines(file()))
        .containsExactly(
            "[::1]:443 " + SECOND.attribute(), "rendezvous.example:3375 " + FIRST.attribute());
  }

  @Test
  void whoAnAuthorityVouchesForMayHaveAnotherCertificateOfOne() throws IOException {
    known().remember(SERVER, shown(FIRST, Verification.AUTHORITY));
    known().remember(SERVER, shown(SECOND, Verification.AUTHORITY));
    assertThat(known().find(SERVER))
        .contains(new Known(new ServerTrust.Authorities(), "line 1 of " + file()));
    assertThatThrownBy(() -> known().remember(SERVER, shown(SECOND, Verification.FIRST_USE)))
        .isInstanceOf(CulvertException.class);
  }

  @Test
  void anotherThanTheOneThatAProcessHasJustMetIsRefused() throws IOException {
    known().remember(SERVER, shown(FIRST, Verification.FIRST_USE));
    assertThatThrownBy(() -> known().remember(SERVER, shown(SECOND, Verification.FIRST_USE)))
        .isInstanceOfSatisfying(
            CulvertException.class,
            e -> assertThat(e.reason()).isEqualTo(Reason.SERVER_NOT_TRUSTED))
        .hasMessageContaining("line 1 of " + file());
    assertThat(Files.readAllLines(file())).hasSize(1);
  }

  @Test
  void whoHasNotBeenMetIsNotKnown() throws IOException {
    known().remember(SERVER, shown(FIRST, Verification.FIRST_USE));
    assertThat(known().find(new ServerAddress("rendezvous.example", 443))).isEmpty();
  }

  @Test
  void aBrokenLineIsNotPassedOver() throws IOException {
    Files.writeString(file(), "# mine\nrendezvous.example:3375 anybody\n");
    assertThatThrownBy(() -> known().find(SERVER))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "Line 2 of %s is not a server and a fingerprint, or \"authorities\". Correct or delete it."
                .formatted(file()));
  }

  private static Encrypted shown(Fingerprint fingerprint, Verification by) {
    return new Encrypted(fingerprint, by);
  }

  private Path file() {
    return directory.resolve("known_servers");
  }

  private KnownServers known() {
    return new KnownServers(file());
  }
}
