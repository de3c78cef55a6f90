/**
 * TCP relayed addresses (RFC 6062): connections between a client and its peers.
 *
 * <pre>
 * client                       server                         peer
 *   ─ Allocate (TCP) ──────────▶ TcpRelay listens
 *   ─ Connect (peer) ──────────▶ TcpRelay dials ─────────────▶
 *   ◀──── CONNECTION-ID ──────── PeerConnection, unbound
 *   or ◀─ ConnectionAttempt ──── PeerConnection, unbound ◀────
 *   ═ ConnectionBind (id) ═════▶ PeerConnection, bound: two PipeEnds
 *   ◀══════════════════════════════════════════════════════════▶
 * </pre>
 *
 * <p>The connection with the ConnectionBind may be on another event loop than the allocation. Each
 * end of the pipe stays on its own.
 */
@NullMarked
package io.culvert.server.turn.tcp;

import org.jspecify.annotations.NullMarked;
