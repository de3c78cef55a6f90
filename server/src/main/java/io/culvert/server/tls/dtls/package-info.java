/**
 * DTLS 1.2 (RFC 6347) in front of a UDP service.
 *
 * <pre>
 * client                                       server
 * ClientHello             ──────────────▶             costs an HMAC, leaves nothing
 *                         ◀──────────────  HelloVerifyRequest (cookie)
 * ClientHello (cookie)    ──────────────▶             its address is proved: a handshake begins
 *                         ◀──────────────  ServerHello, Certificate, ServerKeyExchange, Done
 * ClientKeyExchange, Finished ──────────▶
 *                         ◀──────────────  Finished   a session
 * records                 ◀─────────────▶  records
 * </pre>
 *
 * <p>The handshake is Bouncy Castle's, which blocks: it runs on a virtual thread of its own, for 10
 * s at most. From then on the session's records are read and written on the event loop.
 */
@NullMarked
package io.culvert.server.tls.dtls;

import org.jspecify.annotations.NullMarked;
