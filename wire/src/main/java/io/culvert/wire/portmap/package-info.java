/**
 * How a host asks its router for a port that is reachable from outside: NAT-PMP (RFC 6886) and its
 * successor PCP (RFC 6887), which share UDP port 5351 of the router and are told apart by the first
 * byte. What routers announce goes to 224.0.0.1 and ff02::1, port 5350.
 *
 * <p>All integers are big-endian. A 0 is written as such and ignored in reading. An opcode of 0x80
 * and more is that of an answer.
 *
 * <pre>
 * NAT-PMP
 *   AddressRequest   00 00
 *   AddressResponse  00 80 Result(2)=0 Epoch(4) External(4)
 *   MapRequest       00 Op(1) 0(2) Internal(2) Suggested(2) Lifetime(4)             Op 1 UDP, 2 TCP
 *   MapResponse      00 0x80+Op(1) Result(2)=0 Epoch(4) Internal(2) External(2) Lifetime(4)
 *   Refused          00 0x80+Op(1) Result(2)≠0 …            what follows is not read; 4 zeros
 *                    00 Op(1) Result(2)≠0 Epoch(4)          the same; from some, to another version
 *
 * PCP
 *   request          02 Op(1) 0(2) Lifetime(4) Client(16) Data Options
 *   answer           02 0x80+Op(1) 0(1) Result(1) Lifetime(4) Epoch(4) 0(12) Data Options
 *                    of a multiple of 4 bytes, at most 1100; options are neither read nor written
 *   OtherVersion     Version(1), neither 0 nor 2, 0x80+Op(1) 0(1) Result(1)=1 …     20 zeros
 *
 *   Op 0  Announce   no data
 *   Op 1  Map        Nonce(12) Protocol(1) 0(3) Internal(2) External(2) ExternalAddress(16)
 *                    Protocol 17 UDP, 6 TCP; External is what is suggested or, in an answer, given
 *   Refused          an answer with a Result≠0 that has no whole data of Map
 * </pre>
 *
 * <p>Lifetimes and epochs are seconds; an epoch is the router's age, or that of its memory. An
 * address of 16 bytes is one of IPv6, or one of IPv4 behind ::ffff.
 */
@NullMarked
package io.culvert.wire.portmap;

import org.jspecify.annotations.NullMarked;
