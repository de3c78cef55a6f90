/**
 * UDP sockets for many packets: read and written in batches, on a Netty event loop, without an
 * object for each packet. And what the kernel has to say of the network that they are in.
 */
@NullMarked
package io.culvert.wire.transport.udp;

import org.jspecify.annotations.NullMarked;
