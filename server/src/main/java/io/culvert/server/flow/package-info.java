/**
 * The account and signal servers of the {@code flow} protocol.
 *
 * <p>{@link io.culvert.server.flow.FlowServer} binds the ports. The handlers turn what arrives into
 * calls of {@code Logins}, which knows passwords and tokens, and of the {@code Switchboard}, which
 * knows who is online and passes signals on. All of it runs on one event loop, so none of it needs
 * a lock; only the accounts, which read a database, answer from elsewhere and later.
 */
@NullMarked
package io.culvert.server.flow;

import org.jspecify.annotations.NullMarked;
