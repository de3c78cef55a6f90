/**
 * The sockets under the clients of all protocols. For use within the library: what is public here
 * is so for its other packages only.
 */
@NullMarked
package io.culvert.client.net;

import org.jspecify.annotations.NullMarked;
