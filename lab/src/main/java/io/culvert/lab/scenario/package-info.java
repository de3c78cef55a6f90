/**
 * Situations of the network in which peers are to connect, to stay connected, or to say why not:
 * S01 to S93. Each is played with the whole server and two peers in a laboratory of its own; those
 * that cannot be played say why.
 *
 * <p>{@link io.culvert.lab.scenario.Scenarios} is the table of them, a class for each topic: {@link
 * io.culvert.lab.scenario.NatGrid}, {@link io.culvert.lab.scenario.Reachability}, {@link
 * io.culvert.lab.scenario.Topologies}, {@link io.culvert.lab.scenario.Dynamics}, {@link
 * io.culvert.lab.scenario.Impairments}, {@link io.culvert.lab.scenario.Hostility}.
 */
@NullMarked
package io.culvert.lab.scenario;

import org.jspecify.annotations.NullMarked;
