package io.culvert.cli;

import io.culvert.client.ServerAddress;
import io.culvert.client.tls.Fingerprint;
import java.io.IOException;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * The certificates that servers have shown before, by fingerprint: who answers with another one
 * later is not the same server.
 */
final class KnownServers {
  static final String FILE = "known-servers.json";

  private KnownServers() {}

  static Optional<Fingerprint> fingerprintOf(ServerAddress server) throws IOException {
    return PersonalFiles.read(FILE)
        .map(known -> known.path(server.toString()).asString(""))
        .filter(text -> !text.isEmpty())
        .map(Fingerprint::parse);
  }

  static void remember(ServerAddress server, Fingerprint fingerprint) throws IOException {
    ObjectNode known = PersonalFiles.read(FILE).orElseGet(PersonalFiles::object);
    known.put(server.toString(), fingerprint.toString());
    PersonalFiles.write(FILE, known);
  }
}
