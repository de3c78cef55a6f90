/**
 * Who asks? Long-term credentials of STUN (RFC 8489 §9.2): challenges that cost the server nothing
 * to remember, and whom it believes. Every event loop has an {@link
 * io.culvert.server.turn.auth.Authenticator} of its own; they share the key of the nonces, the
 * {@link io.culvert.server.turn.auth.Credentials} and the {@link
 * io.culvert.server.turn.auth.ChallengeLimit}.
 */
@NullMarked
package io.culvert.server.turn.auth;

import org.jspecify.annotations.NullMarked;
