/**
 * A simulated internet in virtual time: UDP through links, NATs and firewalls, without sockets,
 * threads or a clock. One seed decides everything that happens in it.
 *
 * <pre>
 *   {@link io.culvert.lab.sim.Internet}  every public address; private ones vanish
 *      │ {@link io.culvert.lab.sim.Link}: delay, jitter, loss, duplication, reordering, rate, MTU
 *   {@link io.culvert.lab.sim.Router}    a NAT, perhaps a firewall for IPv6
 *      │
 *   {@link io.culvert.lab.sim.Lan}       everybody reaches everybody
 *      │ Link
 *   {@link io.culvert.lab.sim.Host}      interfaces, sockets      or again a Router, and its Lan
 * </pre>
 *
 * <p>Every interface has a link to its network, with two directions. What a NAT does is decided by
 * a {@link io.culvert.lab.sim.NatBehavior}, in the terms of RFC 4787. A packet's TTL is counted
 * down by every router, and by {@link io.culvert.lab.sim.Internet#HOPS} on the internet.
 *
 * <p>To reproduce a run, run its seed again; {@link io.culvert.lab.sim.World#listen} shows every
 * packet of it.
 */
@NullMarked
package io.culvert.lab.sim;

import org.jspecify.annotations.NullMarked;
