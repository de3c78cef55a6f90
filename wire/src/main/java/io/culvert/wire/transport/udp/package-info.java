/**
 * UDP sockets for many packets: read and written in batches, on a Netty event loop, without an
 * object for each packet.
 */
@NullMarked
package io.culvert.wire.transport.udp;

import org.jspecify.annotations.NullMarked;
