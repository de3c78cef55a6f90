package io.culvert.server.turn;

import io.culvert.server.net.Counters;
import io.culvert.server.tls.ServerCertificate;
import io.culvert.server.tls.TlsFront;
import io.culvert.server.tls.dtls.DtlsCounter;
import io.culvert.server.tls.dtls.DtlsFront;
import io.culvert.server.tls.dtls.DtlsSession;
import io.culvert.server.tls.dtls.DtlsUser;
import io.netty.util.concurrent.EventExecutor;
import java.util.function.Function;

/**
 * What clients that want to be encrypted are met with. Thread-safe.
 *
 * @param tls over TCP
 * @param certificate over UDP
 * @param counters of DTLS
 */
record Encryption(TlsFront tls, ServerCertificate certificate, Counters<DtlsCounter> counters) {
  Encryption(TlsFront tls, ServerCertificate certificate) {
    this(tls, certificate, new Counters<>(DtlsCounter.class));
  }

  /** A front of DTLS for one socket. */
  DtlsFront dtls(
      EventExecutor loop, DtlsFront.Outlet outlet, Function<DtlsSession, DtlsUser> service) {
    return new DtlsFront(loop, certificate, counters, outlet, service);
  }
}
