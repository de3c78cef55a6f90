/**
 * The client of the {@code flow} protocol: log in, be online, call somebody by the name of the
 * account, be called, and talk over TCP or, where only UDP passes both NATs, in datagrams.
 *
 * <p>{@link io.culvert.client.flow.FlowClient} is where to start. It owns one event loop, on which
 * everything happens:
 *
 * <pre>
 * Presence        keeps the account online: Logins, a SignalConnection, and again when it breaks
 * Line            one call at a time: a Caller or a Callee, which ring
 * Conversation    what the peer is told of a call, and what comes of it; the same for both
 * Meeting         both ways to the peer at once: a CallPort, a DatagramPath and a TCP punch from it
 * CallPort        one port number of UDP and TCP, and where the world sees it
 * DatagramPath    the checks (PathChecks), and the data on the path that they have found
 * </pre>
 */
@NullMarked
package io.culvert.client.flow;

import org.jspecify.annotations.NullMarked;
