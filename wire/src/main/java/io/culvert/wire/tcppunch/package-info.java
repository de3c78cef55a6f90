/**
 * The {@code tcppunch} protocol: a rendezvous server introduces two peers, which then open one TCP
 * connection through both their NATs.
 *
 * <p>All integers are big-endian, all text is UTF-8, an identifier is 1 to 255 bytes long.
 *
 * <pre>
 * main, peer and server: every message behind Len(4), the number of bytes after it, at most 65535
 *   0x0001 Online            peer to server   IdLen(1) ClientId
 *   0x0002 OnlineAccepted    server to peer   IdLen(1) SessionId
 *   0x0003 OnlineRefused     server to peer   nothing
 *   0x0013 Introduction      server to peer   Kind(1) LocalIp(4) LocalPort(2) PublicIp(4)
 *                                             PublicPort(2) IdLen(1) PeerId of the sender
 *
 * tcp-a, peer and server: no Len, every message ends by itself
 *   0x0011 Introduce         peer to server   Kind(1) LocalIp(4) LocalPort(2) IdLen(1) SessionId
 *                                             IdLen(1) PeerId of the target
 *   0x0012 IntroduceRefused  server to peer   nothing
 *
 * link, peer and peer: no Len, every message ends by itself
 *   0x0021 Ack               peer to peer     IdLen(1) ClientId of the sender
 *   0x0031 Data              peer to peer     IdLen(1) ClientId of the sender  DataLen(1) Data
 * </pre>
 *
 * Kind is 1 for an invitation and 2 for its acceptance. The number in front is the command, two
 * bytes.
 */
@NullMarked
package io.culvert.wire.tcppunch;

import org.jspecify.annotations.NullMarked;
