/**
 * Connections between two people's machines, by name: direct where the NATs allow it, through the
 * relay where they do not, and encrypted from end to end either way. {@link
 * io.culvert.client.peer.Peer} is where to begin.
 */
@NullMarked
package io.culvert.client.peer;

import org.jspecify.annotations.NullMarked;
