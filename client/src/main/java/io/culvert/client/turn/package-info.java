/**
 * A client of TURN, RFC 8656, over UDP, TCP or TLS: an address at a relay, under which peers can be
 * reached that nothing else leads to. Not for others; what users of the library see of it is a
 * path.
 *
 * <p>Sans-IO: {@link io.culvert.client.turn.TurnAllocation} is told what has come and what time it
 * is, and tells its observer what to send.
 *
 * <pre>
 * TurnAllocation   what we have at the server, and keeping it: lifetimes, permissions, channels
 * Transactions     requests until they are answered: repeating, challenges, integrity
 * Challenge        what the server wants to see in requests, and how its answers are known
 * </pre>
 */
@NullMarked
package io.culvert.client.turn;

import org.jspecify.annotations.NullMarked;
