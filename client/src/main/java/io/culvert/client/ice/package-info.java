/**
 * ICE on real sockets, not for others: a peer's one UDP port with its addresses, and a session for
 * each connection that goes by it.
 */
@NullMarked
package io.culvert.client.ice;

import org.jspecify.annotations.NullMarked;
