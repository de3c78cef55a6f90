/**
 * A load generator for STUN and TURN servers, in a process of its own: it knows the protocol and
 * nothing of the server, and so loads ours and others in the same way.
 *
 * <pre>
 * LoadGenerator ── a line of JSON, LoadOrder ──▶ LoadProcess ── UDP ──▶ the server
 *               ◀── a line of JSON, LoadResult ─            ◀──
 * </pre>
 */
@NullMarked
package io.culvert.lab.load;

import org.jspecify.annotations.NullMarked;
