package io.culvert.server.tls.dtls;

import io.culvert.server.net.Party;
import io.culvert.wire.transport.udp.Endpoint;
import org.jspecify.annotations.Nullable;

/** What there is for one address and port: a session, a handshake, or both. */
final class Contact {
  final Endpoint endpoint;
  final Party party;
  @Nullable Handshake handshake;
  @Nullable DtlsSession session;

  Contact(Endpoint endpoint) {
    this.endpoint = endpoint;
    this.party = Party.of(endpoint.address());
  }

  boolean isGone() {
    return handshake == null && session == null;
  }

  /**
   * Whether a record is for the handshake. A client that shakes hands anew has no data for the new
   * session before the handshake is over.
   */
  boolean isForHandshake(Records record) {
    return handshake != null
        && (record.isPlain() || record.type() == Records.HANDSHAKE || session == null);
  }
}
