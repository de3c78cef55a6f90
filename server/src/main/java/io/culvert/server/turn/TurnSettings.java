package io.culvert.server.turn;

import io.culvert.server.turn.peer.PeerPolicy;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * What may change while the server runs. Immutable.
 *
 * @param maxLifetimeSeconds of an allocation until it must be refreshed
 * @param rfc5766Channels whether there are channels from 0x5000 to 0x7ffe, too
 * @param mobility whether an allocation may move to another address of its client (RFC 8016)
 * @param limitsBandwidth whether there is a limit for a user, or for all
 * @param alternateServer where clients are sent instead (RFC 8489 §10)
 */
record TurnSettings(
    PeerPolicy peers,
    long maxLifetimeSeconds,
    boolean rfc5766Channels,
    boolean mobility,
    boolean limitsBandwidth,
    Optional<InetSocketAddress> alternateServer) {}
