/**
 * The server of the {@code tag} protocol.
 *
 * <p>{@link io.culvert.server.tag.TagServer} binds the port. {@code TagService} takes every
 * datagram and does what time makes due; it has no sockets. {@code Registrations} knows who is
 * there, {@code Introductions} who is being introduced to whom. All of it runs on one event loop,
 * so none of it needs a lock.
 *
 * <p>UDP lets anybody write any sender's address on a datagram. So an address that has not proved
 * itself gets no more than twice what was sent in its name, and what such addresses make the server
 * remember has its own bounds, apart from those of clients that are what they say. What the
 * protocol wants beyond that, repetitions and long lists, everybody gets as far as an {@code
 * Allowance} goes.
 */
@NullMarked
package io.culvert.server.tag;

import org.jspecify.annotations.NullMarked;
