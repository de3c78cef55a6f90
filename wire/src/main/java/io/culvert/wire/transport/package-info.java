/** Which transports, socket options and clock this machine offers; opens no socket. */
@NullMarked
package io.culvert.wire.transport;

import org.jspecify.annotations.NullMarked;
