/**
 * How to get through NATs, as state machines: events and the time go in, decisions come out.
 * Nothing here opens a socket, starts a thread or reads a clock.
 */
@NullMarked
package io.culvert.traversal;

import org.jspecify.annotations.NullMarked;
