/** Which of Netty's transports and which socket options this machine offers; opens no socket. */
@NullMarked
package io.culvert.wire.transport;

import org.jspecify.annotations.NullMarked;
