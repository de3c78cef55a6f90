/**
 * The STUN and TURN server (RFC 8489, RFC 8656, RFC 8016): tells clients from which address their
 * packets come, and relays between clients and peers.
 *
 * <p>{@link io.culvert.server.turn.TurnServer} has a {@code RelayLoop} a core, with sockets of its
 * own; a client belongs to the loop that its packets arrive at, with its allocation and the sockets
 * of that. {@code Turn} is what a loop does with a message, without a socket: requests go through
 * an {@code Exchange} to the class that is named after their method, what is relayed goes through
 * {@code Relaying}.
 */
@NullMarked
package io.culvert.server.turn;

import org.jspecify.annotations.NullMarked;
