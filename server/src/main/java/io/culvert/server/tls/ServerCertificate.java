package io.culvert.server.tls;

import io.culvert.server.config.DataDirectory;
import io.culvert.server.config.ServerConfig.TlsConfig;
import io.culvert.server.net.ServerStartException;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate of all TLS ports: the operator's, or one that the server makes on its first start
 * and keeps. It is read again when its files change; connections that are there stay. Thread-safe.
 */
public final class ServerCertificate implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ServerCertificate.class);

  /** In the data directory: key and certificate, for as long as the operator names none. */
  static final String OWN_FILE = "tls.pem";

  private static final int LOOK_EVERY_SECONDS = 2;

  static {
    // One handshake a connection: each costs the server more than the client. The JDK reads it
    // once.
    System.setProperty("jdk.tls.rejectClientInitiatedRenegotiation", "true");
  }

  private record Shown(Identity identity, SslContext context, String fingerprint) {}

  private final PemFiles files;
  private final ScheduledExecutorService lookout =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("tls-files").daemon(true).factory());
  private volatile Shown shown;

  // For the lookout only.
  private Object settled;
  private Object lastLook;

  private ServerCertificate(PemFiles files) throws CertificateFileException {
    this.files = files;
    this.settled = files.look();
    this.lastLook = settled;
    this.shown = read(files);
  }

  /**
   * Reads the certificate, or makes one.
   *
   * @throws ServerStartException when there is none that can be used
   */
  public static ServerCertificate start(TlsConfig config, Path data) throws ServerStartException {
    ServerCertificate certificate = withoutLookout(config, data);
    certificate.lookout.scheduleWithFixedDelay(
        certificate::look, LOOK_EVERY_SECONDS, LOOK_EVERY_SECONDS, TimeUnit.SECONDS);
    return certificate;
  }

  /** The same, but the caller says when to {@link #look}. */
  static ServerCertificate withoutLookout(TlsConfig config, Path data) throws ServerStartException {
    try {
      return new ServerCertificate(files(config, data));
    } catch (CertificateFileException e) {
      throw new ServerStartException(e.sentence(), e);
    }
  }

  private static PemFiles files(TlsConfig config, Path data) throws ServerStartException {
    if (config.certificate().isPresent() != config.key().isPresent()) {
      String there = config.key().isPresent() ? "tls.key" : "tls.certificate";
      String missing = config.key().isPresent() ? "tls.certificate" : "tls.key";
      throw new ServerStartException(
          "%s is set, but %s is not. Set both, or none for a certificate that the server makes."
              .formatted(there, missing),
          null);
    }
    if (config.certificate().isPresent()) {
      return new PemFiles(config.certificate().get(), config.key().orElseThrow());
    }
    Path own = data.resolve(OWN_FILE);
    if (!Files.exists(own)) {
      DataDirectory.prepare(data);
      try {
        SelfSigned.createIn(own, Instant.now());
      } catch (IOException e) {
        throw new ServerStartException(
            "The server's certificate cannot be kept in %s: %s. Name another data directory with --data."
                .formatted(own, e.getMessage()),
            e);
      }
    }
    return new PemFiles(own, own);
  }

  /** What the next handshake is to be made with. */
  SslContext context() {
    return shown.context();
  }

  /** The same for those who make no {@link SslContext} of it. */
  public Identity identity() {
    return shown.identity();
  }

  /** What clients know the certificate by: {@code sha256:} and 64 hexadecimal digits. */
  public String fingerprint() {
    return shown.fingerprint();
  }

  /**
   * Reads the files again when they have changed and are the same as at the last look: whoever
   * replaces two files has then done so.
   */
  void look() {
    Object now = files.look();
    boolean quiet = now.equals(lastLook);
    lastLook = now;
    if (now.equals(settled) || !quiet) {
      return;
    }
    settled = now;
    try {
      shown = read(files);
    } catch (CertificateFileException e) {
      log.warn("The TLS certificate stays what it was. {}", e.sentence());
    }
  }

  private static Shown read(PemFiles files) throws CertificateFileException {
    Identity identity = files.read();
    try {
      Shown shown = new Shown(identity, identity.context(), identity.fingerprint());
      log.info(
          "TLS certificate {} from {}, valid until {}",
          shown.fingerprint(),
          files.certificate(),
          identity.chain().getFirst().getNotAfter().toInstant());
      return shown;
    } catch (SSLException e) {
      throw new CertificateFileException(
          "%s holds a certificate that cannot be used: %s."
              .formatted(files.certificate(), e.getMessage()),
          e);
    }
  }

  /** Looks at the files no more. */
  @Override
  public void close() {
    lookout.shutdownNow();
  }
}
