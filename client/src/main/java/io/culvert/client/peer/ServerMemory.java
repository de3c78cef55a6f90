package io.culvert.client.peer;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.flow.FlowLogin;
import io.culvert.client.quic.KnownServers;
import io.culvert.client.tls.ServerSecurity;
import io.culvert.client.tls.ServerSecurity.Encrypted;
import io.culvert.client.tls.ServerSecurity.Plain;
import io.culvert.client.tls.ServerTrust.FirstUse;
import io.culvert.client.tls.TlsPolicy;
import java.io.IOException;
import java.util.Optional;

/**
 * Where any server is believed the first time, it is the same one from then on. Blocks for the
 * disk.
 */
final class ServerMemory {
  private final KnownServers servers;
  private final FlowLogin wanted;
  private final boolean counts;
  private final Optional<KnownServers.Known> known;

  /** Looks whether the server has been met; the message of what is thrown is a sentence. */
  ServerMemory(KnownServers servers, FlowLogin wanted) throws IOException {
    this.servers = servers;
    this.wanted = wanted;
    this.counts = wanted.trust() instanceof FirstUse && wanted.tls() != TlsPolicy.NONE;
    this.known = counts ? servers.find(wanted.server()) : Optional.empty();
  }

  /** What is wanted, but no less securely than the server is known. */
  FlowLogin login() {
    return known
        .map(server ->
            new FlowLogin(
                wanted.server(),
                wanted.account(),
                wanted.credential(),
                TlsPolicy.REQUIRED,
                server.trust(),
                wanted.proxies()))
        .orElse(wanted);
  }

  /** There is a login at the server. */
  void met(ServerSecurity security) throws IOException {
    switch (security) {
      case Encrypted shown when counts && known.isEmpty() ->
          servers.remember(wanted.server(), shown);
      case Encrypted _, Plain _ -> {}
    }
  }

  /** Why there is no login, and what can be done where the server is not the one that is known. */
  IOException explained(IOException why) {
    return known.isPresent()
            && why instanceof CulvertException e
            && e.reason() == Reason.SERVER_NOT_TRUSTED
        ? new CulvertException(
            Reason.SERVER_NOT_TRUSTED,
            "%s What it has shown before is in %s: delete that line if the operator confirms that it is another now."
                .formatted(e.getMessage(), known.get().where()))
        : why;
  }
}
