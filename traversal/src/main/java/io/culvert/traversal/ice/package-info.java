/**
 * Interactive Connectivity Establishment: the search for ways on which two peers' datagrams pass,
 * and the care for them. RFC 8445 with the trickling of RFC 8838, the consent of RFC 7675 and the
 * TCP of RFC 6544, for one data stream with one component.
 *
 * <p>Where it goes its own way, and why a peer that follows the text does not mind:
 *
 * <ul>
 *   <li>Pairs are made of a <em>base</em> and an address of the peer. All host candidates of one
 *       socket have the same base, for the socket is bound to the wildcard address: an interface
 *       more is not a pair more.
 *   <li>No pair is frozen: with one component and so few pairs they all wait from the beginning.
 *       The best go out at once, the others 20 ms apart.
 *   <li>A check that is not answered is followed by another, with a transaction of its own, after
 *       33, 33, 67, 133 … ms: an answer belongs to one packet, so the round trip is known.
 *   <li>A connection of TCP is a base of its own, however it has come about, and only where there
 *       is nothing better than a relay is one asked for.
 *   <li>The first pair that works is used at once, and left for better ones; nomination follows
 *       what is used.
 * </ul>
 */
@NullMarked
package io.culvert.traversal.ice;

import org.jspecify.annotations.NullMarked;
