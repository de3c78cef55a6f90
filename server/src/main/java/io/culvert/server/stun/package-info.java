/**
 * The STUN service: tells clients, over UDP and TCP, from which address their packets come (RFC
 * 8489).
 */
@NullMarked
package io.culvert.server.stun;

import org.jspecify.annotations.NullMarked;
