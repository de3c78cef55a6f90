package io.culvert.server.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.culvert.server.ErrorLog;
import io.culvert.server.config.ServerConfig.TlsConfig;
import io.culvert.server.net.ServerStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServerCertificateTest {
  private static final TlsConfig NONE = new TlsConfig(Optional.empty(), Optional.empty());

  @TempDir private Path dir;

  @Test
  void aServerWithoutACertificateMakesOneAndKeepsIt() throws Exception {
    Path data = dir.resolve("data");
    String fingerprint;
    try (ServerCertificate first = ServerCertificate.start(NONE, data)) {
      fingerprint = first.fingerprint();
      assertThat(fingerprint).matches("sha256:[0-9a-f]{64}");
    }
    try (ServerCertificate again = ServerCertificate.start(NONE, data)) {
      assertThat(again.fingerprint()).isEqualTo(fingerprint);
    }
    Path file = data.resolve("tls.pem");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (var files = Files.list(data)) {
      assertThat(files).as("what is in the data directory").containsExactly(file);
    }
    Identity made = new PemFiles(file, file).read();
    assertThat(made.key().getAlgorithm()).isEqualTo("EC");
    made.chain().getFirst().checkValidity();
    assertThat(made.fingerprint())
        .isEqualTo(
            "sha256:"
                + HexFormat.of()
                    .formatHex(
                        MessageDigest.getInstance("SHA-256")
                            .digest(made.chain().getFirst().getEncoded())));
  }

  @Test
  void noTwoServersHaveTheSameCertificate() throws Exception {
    try (ServerCertificate one = ServerCertificate.start(NONE, dir.resolve("one"));
        ServerCertificate two = ServerCertificate.start(NONE, dir.resolve("two"))) {
      assertThat(one.fingerprint()).isNotEqualTo(two.fingerprint());
    }
  }

  @Test
  void theOperatorsCertificateIsTakenWithAKeyOfAnyKind() throws Exception {
    for (TestCertificate each :
        List.of(TestCertificate.ec(), TestCertificate.rsa(), TestCertificate.ed25519())) {
      Path certificate = Files.writeString(dir.resolve("c.pem"), each.certificatePem());
      for (String keyPem : List.of(each.keyPem(), each.oldKeyPem())) {
        Path key = Files.writeString(dir.resolve("k.pem"), keyPem);
        try (ServerCertificate server = ServerCertificate.start(config(certificate, key), dir)) {
          assertThat(server.fingerprint())
              .isEqualTo(
                  new Identity(each.keys().getPrivate(), List.of(each.certificate()))
                      .fingerprint());
        }
      }
    }
    assertThat(dir.resolve("tls.pem")).doesNotExist();
  }

  @Test
  void theChainIsReadInItsOrder() throws Exception {
    TestCertificate first = TestCertificate.ec();
    TestCertificate second = TestCertificate.rsa();
    Path certificate =
        Files.writeString(
            dir.resolve("c.pem"),
            "A comment.\n" + first.certificatePem() + "\n" + second.certificatePem());
    Path key = Files.writeString(dir.resolve("k.pem"), first.keyPem());

    assertThat(new PemFiles(certificate, key).read().chain())
        .containsExactly(first.certificate(), second.certificate());
  }

  @Test
  void aKeyMayStandBehindTheParametersOfItsCurve() throws Exception {
    TestCertificate one = TestCertificate.ec();
    Path certificate = Files.writeString(dir.resolve("c.pem"), one.certificatePem());
    String parameters =
        "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    Path key = Files.writeString(dir.resolve("k.pem"), parameters + one.oldKeyPem());

    assertThat(new PemFiles(certificate, key).read().key().getAlgorithm()).isEqualTo("EC");
  }

  @Test
  void oneOfTheTwoIsNotEnough() throws Exception {
    TestCertificate one = TestCertificate.ec();
    Path file = Files.writeString(dir.resolve("c.pem"), one.certificatePem());

    expectRefusal(
        new TlsConfig(Optional.of(file), Optional.empty()),
        "tls.certificate is set, but tls.key is not. Set both, or none for a certificate that the"
            + " server makes.");
    expectRefusal(
        new TlsConfig(Optional.empty(), Optional.of(file)),
        "tls.key is set, but tls.certificate is not. Set both, or none for a certificate that the"
            + " server makes.");
  }

  @Test
  void everyOtherReasonNamesItsFile() throws Exception {
    TestCertificate one = TestCertificate.ec();
    TestCertificate other = TestCertificate.ec();
    Path certificate = Files.writeString(dir.resolve("c.pem"), one.certificatePem());
    Path key = Files.writeString(dir.resolve("k.pem"), one.keyPem());
    Path missing = dir.resolve("missing.pem");
    Path empty = Files.writeString(dir.resolve("empty.pem"), "");
    Path binary = Files.write(dir.resolve("c.der"), one.certificate().getEncoded());
    Path others = Files.writeString(dir.resolve("o.pem"), other.keyPem());
    Path rsa = Files.writeString(dir.resolve("r.pem"), TestCertificate.rsa().keyPem());
    Path encrypted = Files.writeString(dir.resolve("e.pem"), TestCertificate.encryptedKeyPem());
    Path broken =
        Files.writeString(
            dir.resolve("b.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");

    expectRefusal(config(missing, key), missing + " does not exist.");
    expectRefusal(config(certificate, missing), missing + " does not exist.");
    expectRefusal(config(empty, key), empty + " holds no certificate in PEM.");
    expectRefusal(config(key, key), key + " holds no certificate in PEM.");
    expectRefusal(config(certificate, certificate), certificate + " holds no private key in PEM.");
    expectRefusal(config(binary, key), binary + " is not PEM.");
    expectRefusal(
        config(certificate, others),
        "The key in %s is not the one of the first certificate in %s."
            .formatted(others, certificate));
    expectRefusal(
        config(certificate, rsa),
        "The key in %s is not the one of the first certificate in %s.".formatted(rsa, certificate));
    expectRefusal(
        config(certificate, encrypted),
        ("The key in %s is encrypted, and nobody is there to type the password. Decrypt it with:"
                + " openssl pkey -in %s -out NEW")
            .formatted(encrypted, encrypted));
    assertThatExceptionOfType(ServerStartException.class)
        .isThrownBy(() -> ServerCertificate.start(config(broken, key), dir))
        .withMessageStartingWith(broken + " cannot be read: ");
  }

  @Test
  void aNewCertificateIsTakenWhenItsFileHasChangedAndIsQuiet() throws Exception {
    Path file = dir.resolve("both.pem");
    TestCertificate.ec().replace(file);
    try (ErrorLog log = new ErrorLog();
        ServerCertificate server = ServerCertificate.withoutLookout(config(file, file), dir)) {
      String first = server.fingerprint();
      server.look();
      assertThat(server.fingerprint()).isEqualTo(first);

      TestCertificate.rsa().replace(file);
      server.look();
      assertThat(server.fingerprint()).as("while it may still be written").isEqualTo(first);
      server.look();

      String second = server.fingerprint();
      assertThat(second).isNotEqualTo(first);
      TestCertificate next = TestCertificate.ec();
      Files.writeString(file, next.keyPem() + next.certificatePem());
      Files.setLastModifiedTime(file, FileTime.fromMillis(1_000_000));
      server.look();
      server.look();
      assertThat(server.fingerprint()).isNotIn(first, second);
      assertThat(log.messages()).isEmpty();
    }
  }

  @Test
  void aServerLooksAtTheFilesByItself() throws Exception {
    Path file = dir.resolve("both.pem");
    TestCertificate.ec().replace(file);
    try (ServerCertificate server = ServerCertificate.start(config(file, file), dir)) {
      String first = server.fingerprint();
      TestCertificate.ec().replace(file);
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(server.fingerprint()).isNotEqualTo(first));
    }
  }

  @Test
  void aBrokenNewOneLeavesTheOldAndIsReportedOnce() throws Exception {
    Path file = dir.resolve("both.pem");
    TestCertificate.ec().replace(file);
    try (ErrorLog log = new ErrorLog();
        ServerCertificate server = ServerCertificate.withoutLookout(config(file, file), dir)) {
      String first = server.fingerprint();

      TestCertificate.replace(file, "nothing");
      looks(server, 5);

      assertThat(server.fingerprint()).isEqualTo(first);
      assertThat(log.messages())
          .containsExactly(
              "The TLS certificate stays what it was. " + file + " holds no private key in PEM.");

      Files.delete(file);
      looks(server, 5);
      assertThat(log.messages()).hasSize(2).last().asString().endsWith(file + " does not exist.");

      TestCertificate.ec().replace(file);
      looks(server, 2);
      assertThat(server.fingerprint()).isNotEqualTo(first);
      assertThat(log.messages()).hasSize(2);
    }
  }

  @Test
  void aDataDirectoryThatCannotBeIsNamed() throws IOException {
    Path file = Files.writeString(dir.resolve("file"), "");

    expectRefusal(
        NONE, "The data directory " + file + " is a file. Name another with --data.", file);
  }

  private static void looks(ServerCertificate server, int times) {
    for (int i = 0; i < times; i++) {
      server.look();
    }
  }

  private static TlsConfig config(Path certificate, Path key) {
    return new TlsConfig(Optional.of(certificate), Optional.of(key));
  }

  private void expectRefusal(TlsConfig config, String sentence) {
    expectRefusal(config, sentence, dir);
  }

  private static void expectRefusal(TlsConfig config, String sentence, Path data) {
    assertThatExceptionOfType(ServerStartException.class)
        .isThrownBy(() -> ServerCertificate.start(config, data))
        .withMessage(sentence);
  }
}
