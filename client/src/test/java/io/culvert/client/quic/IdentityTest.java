package io.culvert.client.quic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.culvert.client.tls.Fingerprint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.interfaces.ECPublicKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityTest {
  @TempDir Path directory;

  @Test
  void isMadeAtFirstUseAndStaysTheSame() throws IOException {
    Path file = directory.resolve("deep/down/identity.pem");
    Identity first = Identity.keptIn(file);
    Identity second = Identity.keptIn(file);
    assertThat(second.fingerprint()).isEqualTo(first.fingerprint());
    assertThat(second.fingerprint()).isEqualTo(Fingerprint.of(first.certificate()));
    assertThat(
            ((ECPublicKey) second.certificate().getPublicKey()).getParams().getOrder().bitLength())
        .isEqualTo(256);
    assertThat(Identity.fresh().fingerprint()).isNotEqualTo(first.fingerprint());
  }

  @Test
  void isForItsOwnerOnly() throws IOException {
    Path file = directory.resolve("own").resolve("identity.pem");
    Identity.keptIn(file);
    assertThat(mode(file)).isEqualTo("rw-------");
    assertThat(mode(directory.resolve("own"))).isEqualTo("rwx------");
    assertThat(directory.resolve("own").toFile().list()).containsExactly("identity.pem");
  }

  @Test
  void manyWhoComeFirstGetTheSame() throws Exception {
    Path file = directory.resolve("identity.pem");
    List<Future<Identity>> made = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      for (int i = 0; i < 8; i++) {
        made.add(threads.submit(() -> Identity.keptIn(file)));
      }
      Fingerprint kept = Identity.keptIn(file).fingerprint();
      for (Future<Identity> identity : made) {
        assertThat(identity.get().fingerprint()).isEqualTo(kept);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "hello", "-----BEGIN PRIVATE KEY-----\nAAAA\n", "\u00ff\u00fe"})
  void whatIsNoneIsRefusedWithWhatToDo(String content) throws IOException {
    Path file = directory.resolve("identity.pem");
    new PrivateFile(file).replace(content.getBytes(StandardCharsets.ISO_8859_1));
    assertBroken(file);
  }

  @Test
  void aKeyAndTheCertificateOfAnotherAreNone() throws IOException {
    Path one = directory.resolve("one");
    Path other = directory.resolve("other");
    Identity.keptIn(one);
    Identity.keptIn(other);
    String text = Files.readString(one);
    String mixed =
        text.substring(0, text.indexOf("-----BEGIN CERTIFICATE"))
            + Files.readString(other).substring(Files.readString(other).indexOf("-----BEGIN CERT"));
    new PrivateFile(one).replace(mixed.getBytes(StandardCharsets.US_ASCII));
    assertBroken(one);
  }

  @Test
  void everyBrokenEndIsNoticed() throws IOException {
    Path file = directory.resolve("identity.pem");
    Identity.keptIn(file);
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length - 2; length += 13) {
      new PrivateFile(file).replace(Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> Identity.keptIn(file)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void oneThatOthersCanReadIsNotUsed() throws IOException {
    Path file = directory.resolve("identity.pem");
    Identity.keptIn(file);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThatThrownBy(() -> Identity.keptIn(file))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "Others can read %s, this machine's identity: somebody may pretend to be it. Take that from them (chmod 600), or delete the file: a new identity is made, and peers have to be told."
                .formatted(file));
  }

  @Test
  void whereNoneCanBeKeptThatIsSaid() throws IOException {
    Path file = Files.createFile(directory.resolve("file")).resolve("identity.pem");
    assertThatThrownBy(() -> Identity.keptIn(file))
        .isInstanceOf(IOException.class)
        .hasMessageStartingWith("This machine's identity cannot be kept in " + file)
        .hasMessageEndingWith("Let this user write there, or name another file.");
  }

  @Test
  void theKeyIsNotPrinted() {
    Identity identity = Identity.fresh();
    assertThat(identity).hasToString("Identity[" + identity.fingerprint() + "]");
  }

  private static void assertBroken(Path file) {
    assertThatThrownBy(() -> Identity.keptIn(file))
        .isInstanceOf(IOException.class)
        .hasMessage(
            "%s is not an identity: a P-256 key and its certificate, in PEM. Restore it, or delete it: a new one is made, and peers have to be told."
                .formatted(file));
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
