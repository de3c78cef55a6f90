/**
 * What can be known of a peer's NAT, and how one that gives every destination a port of its own is
 * passed all the same: its next ports are guessed, or so many are opened and tried that two meet.
 */
@NullMarked
package io.culvert.traversal.nat;

import org.jspecify.annotations.NullMarked;
