/**
 * The client of the {@code tcppunch} protocol: be online under a name, invite a peer, and talk to
 * it over one TCP connection that passes both NATs.
 *
 * <p>{@link io.culvert.client.tcppunch.TcpPunchClient} is where to start. It owns one event loop; a
 * {@code PunchAttempt} per peer pair drives the sans-IO punch with the sockets of {@code
 * PunchSockets}, and ends in a {@link io.culvert.client.Link}.
 */
@NullMarked
package io.culvert.client.tcppunch;

import org.jspecify.annotations.NullMarked;
