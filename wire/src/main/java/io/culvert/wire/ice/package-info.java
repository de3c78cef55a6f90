/**
 * What two peers tell each other for ICE (RFC 8445) before they can reach each other, in the text
 * that RFC 8839 §5.1 gives it, and {@link NatSightings what has been seen of their NATs}; and how
 * {@link DatagramFraming datagrams go by TCP}.
 *
 * <pre>
 * candidate:Foundation Component Transport Priority Address Port typ Type
 *           [raddr Address rport Port] [Name Value] …
 *
 *   Foundation   1 to 32 letters, digits, + and /
 *   Component    1 to 256; we use 1
 *   Transport    UDP or TCP, in any case
 *   Priority     1 to 2³¹ - 1
 *   Type         host, srflx, prflx or relay
 *   Name Value   for TCP: tcptype active, passive or so (RFC 6544 §4.5); others are ignored
 * </pre>
 */
@NullMarked
package io.culvert.wire.ice;

import org.jspecify.annotations.NullMarked;
