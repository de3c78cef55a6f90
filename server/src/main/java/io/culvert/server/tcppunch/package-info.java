/**
 * The rendezvous server of the {@code tcppunch} protocol.
 *
 * <p>{@link io.culvert.server.tcppunch.TcpPunchServer} binds the two ports, the two channel
 * handlers turn what arrives into calls of the rendezvous, which knows who is online and passes
 * introductions on. All of it runs on one event loop, so none of it needs a lock.
 */
@NullMarked
package io.culvert.server.tcppunch;

import org.jspecify.annotations.NullMarked;
