/**
 * The client of the {@code tag} protocol: be known to a server by a tag, dial another one, and talk
 * to it over TCP or, where only UDP passes both NATs, in datagrams.
 *
 * <p>{@link io.culvert.client.tag.TagClient} is where to start. It owns one event loop; a {@code
 * Registration} keeps it known to the server; a {@code Caller} or a {@code Callee} for each dial
 * takes a fresh port, opens the UDP hole from it, and then TCP.
 */
@NullMarked
package io.culvert.client.tag;

import org.jspecify.annotations.NullMarked;
