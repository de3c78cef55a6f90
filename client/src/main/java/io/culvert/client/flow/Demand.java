package io.culvert.client.flow;

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

/** How securely a server is to be spoken to. */
record Demand(TlsPolicy tls, ServerTrust trust) {
  /**
   * On the signal server that this account server has named: whoever could have changed that name
   * could have read the password, too, so it is no less and no more secure.
   */
  static Demand onSignalServer(ServerSecurity ofAccountServer) {
    return switch (ofAccountServer) {
      case Plain() -> new Demand(TlsPolicy.NONE, new FirstUse());
      case Encrypted(Fingerprint seen, Verification _) ->
          new Demand(TlsPolicy.REQUIRED, new Pinned(seen));
    };
  }

  /** On the same server the next time: never less. */
  Demand after(ServerSecurity seen) {
    return switch (seen) {
      case Plain() -> this;
      case Encrypted(Fingerprint fingerprint, Verification verifiedBy) ->
          new Demand(
              TlsPolicy.REQUIRED,
              verifiedBy == Verification.AUTHORITY ? new Authorities() : new Pinned(fingerprint));
    };
  }
}
