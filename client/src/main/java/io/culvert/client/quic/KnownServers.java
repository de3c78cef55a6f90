package io.culvert.client.quic;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.ServerAddress;
import io.culvert.client.tls.Fingerprint;
import io.culvert.client.tls.ServerSecurity.Encrypted;
import io.culvert.client.tls.ServerSecurity.Verification;
import io.culvert.client.tls.ServerTrust;
import io.culvert.client.tls.ServerTrust.Authorities;
import io.culvert.client.tls.ServerTrust.FirstUse;
import io.culvert.client.tls.ServerTrust.Pinned;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What servers have shown the first time: a text file as that of {@link KnownPeers}, with a line a
 * server. Thread-safe, and safe between processes; blocks for the disk.
 *
 * <pre>
 * rendezvous.example:3375 sha-256 4A:AD:…
 * other.example:443 authorities
 * </pre>
 *
 * The second is one that an authority has vouched for: its certificates change by themselves.
 */
public final class KnownServers {
  private static final String AUTHORITIES = "authorities";
  private static final KnownFile.Form<ServerTrust> FORM =
      new KnownFile.Form<>(
          1,
          "servers",
          "certificates",
          "a server and a fingerprint, or \"authorities\"",
          KnownServers::read,
          KnownServers::written);

  private final KnownFile<ServerTrust> file;

  /**
   * A server that has been met.
   *
   * @param trust how it is to be believed from then on
   * @param where that is written: the line and the file
   */
  public record Known(ServerTrust trust, String where) {}

  /** The file need not be there. */
  public KnownServers(Path file) {
    this.file = new KnownFile<>(file, FORM);
  }

  /**
   * What is known of a server; empty when it has not been met.
   *
   * @throws IOException when the file cannot be read; the message is a sentence
   */
  public Optional<Known> find(ServerAddress server) throws IOException {
    return file.find(List.of(server.toString())).map(line -> new Known(line.known(), where(line)));
  }

  /**
   * The server has proved to have this certificate: from now on it may be no other.
   *
   * @throws CulvertException {@link Reason#SERVER_NOT_TRUSTED} when another is known, since a
   *     moment ago
   * @throws IOException when the file cannot be read or written; the message is a sentence
   */
  public void remember(ServerAddress server, Encrypted shown) throws IOException {
    ServerTrust trust =
        shown.verifiedBy() == Verification.AUTHORITY
            ? new Authorities()
            : new Pinned(shown.fingerprint());
    KnownLine<ServerTrust> line = file.remember(List.of(server.toString()), trust);
    if (!line.known().equals(trust)) {
      throw new CulvertException(
          Reason.SERVER_NOT_TRUSTED,
          "The server %s has another certificate than it has just shown to another process: %s instead of what is in %s. Ask its operator which is right; if the new one is, delete that line."
              .formatted(server, shown.fingerprint(), where(line)));
    }
  }

  private String where(KnownLine<ServerTrust> line) {
    return "line %d of %s".formatted(line.number(), file.path());
  }

  private static ServerTrust read(String text) {
    return text.equals(AUTHORITIES) ? new Authorities() : new Pinned(Fingerprint.ofAttribute(text));
  }

  private static String written(ServerTrust trust) {
    return switch (trust) {
      case Pinned(Fingerprint fingerprint) -> fingerprint.attribute();
      case Authorities() -> AUTHORITIES;
      case FirstUse() -> throw new IllegalArgumentException("nothing is known then");
    };
  }
}
