package io.culvert.server.tls;

import io.culvert.server.net.Counters;
import io.culvert.wire.ApplicationProtocol;
import io.netty.channel.ChannelHandler;
import java.util.Map;

/**
 * Puts TLS before a service that knows nothing of it: a client that begins with a TLS handshake is
 * decrypted, any other speaks plainly. Thread-safe.
 */
public final class TlsFront {
  private final ServerCertificate certificate;
  private final Counters<TlsCounter> counters = new Counters<>(TlsCounter.class);

  /** Shows that certificate. */
  public TlsFront(ServerCertificate certificate) {
    this.certificate = certificate;
  }

  /**
   * The first handler of one connection's pipeline. It has left when the service reads its first
   * byte. To clients that name protocols (ALPN) it confirms the service's; those who name others
   * only have come to its own port, and need not know it.
   *
   * <p>Closes a connection whose handshake takes longer than 10 s; how long one may be silent
   * before its first byte is for the service to say.
   *
   * @param protocol what the service speaks
   */
  public ChannelHandler handler(ApplicationProtocol protocol) {
    return new TlsDetector(certificate, protocol, counters);
  }

  /** What has been counted since the start. */
  public Map<TlsCounter, Long> counters() {
    return counters.snapshot();
  }
}
