/** Which peers the relay sends to, and receives from: the gate that all ways to a peer share. */
@NullMarked
package io.culvert.server.turn.peer;

import org.jspecify.annotations.NullMarked;
