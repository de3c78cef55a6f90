/**
 * The NAT laboratory: an internet of real Linux kernel NATs in one process, without privileges.
 *
 * <pre>
 *                    203.0.113.0/24, "the internet"
 *      ─────┬──────────────────┬──────────────────────┬─────
 *      .1   │             .2   │ wan             .3   │ wan
 *     ┌─────┴──────┐    ┌──────┴───────┐       ┌──────┴───────┐
 *     │   server   │    │ router: nft  │       │ router: nft  │
 *     └────────────┘    └──────┬───────┘       └──────┬───────┘
 *                         .1   │ lan             .1   │ lan
 *                       ───┬───┴───┬───            ───┴───┬───  192.168.2.0/24
 *                      .2  │   .3  │                  .2  │
 *                      ┌───┴───┐ ┌─┴─────┐            ┌───┴───┐
 *                      │ alice │ │ carol │            │  bob  │
 *                      └───────┘ └───────┘            └───────┘
 * </pre>
 *
 * <p>Every box is a network namespace, every line a bridge in one (the internet's has a namespace
 * to itself), every cable a pair of veth interfaces. A router is two interfaces, {@code ip_forward}
 * and an nftables ruleset that {@link io.culvert.lab.net.NatRuleset} writes from the attributes of
 * a {@link io.culvert.lab.net.NatKind}. Nothing is connected to the machine's own network. A
 * router's {@code wan} may as well be in the LAN of another router, and a host may have {@link
 * io.culvert.lab.net.Interface interfaces} in several networks, or move from one to another.
 *
 * <p>Cables lose packets by nftables, and delay them with a {@link io.culvert.lab.net.Wire}: frames
 * leave the kernel through a TAP device, are held back by a thread of this process, and come in
 * again through another.
 *
 * <p>IPv6 is 2001:db8::/32. Where it is spoken, who has the IPv4 address with the number 7 in its
 * subnet has the address ending in ::7 in the /64 beside it: 2001:db8:0:0::/64 on the internet,
 * 2001:db8:0:1::/64 in the first router's LAN. A router passes IPv6 on as its kind says.
 *
 * <p>The JVM itself must have been started in user, network, mount and PID namespaces of its own
 * ({@code unshare}, see {@link io.culvert.lab.net.LabProcess}; the tests' JVM is): there it may
 * make further network namespaces though it is an ordinary process outside, and being the first
 * process of its PID namespace it takes every program of the laboratory with it when it dies.
 *
 * <p>Network namespaces belong to threads. So a host needs no process, no name and no file: a
 * thread calls {@code unshare(CLONE_NEWNET)} through java.lang.foreign and opens {@code
 * /proc/thread-self/ns/net}; the descriptor keeps the namespace alive. Another thread that calls
 * {@code setns} with it is on that host from then on: the sockets it makes are there, and so are
 * the threads and processes it starts. One JVM can thus be all machines at once, a test can hold
 * the sockets of both peers in its hands, and there is nothing to clean up. The price: a thread
 * must be a platform thread made for the purpose, never one of a pool.
 */
@NullMarked
package io.culvert.lab.net;

import org.jspecify.annotations.NullMarked;
