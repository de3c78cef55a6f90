/**
 * The encrypted transport between two peers: QUIC (RFC 9000) with TLS 1.3, end to end, over
 * whatever way leads to the peer.
 *
 * <pre>
 * QuicConnection, QuicStream       for applications: they block, and know nothing of Netty
 * Session, StreamHandler           what Netty tells, on the event loop
 * quiche                           QUIC; believes that there is one path, between two constant addresses
 * SwitchedChannel                  the socket that it believes to have
 * DatagramWay                      where its datagrams really go: HeldDatagrams, UdpWay, a relay …
 * </pre>
 *
 * The protocol, which is called {@code culvert/1} (ALPN):
 *
 * <ul>
 *   <li>Who calls is QUIC's client. Its first datagram, of 1200 bytes, may travel within the call.
 *   <li>Each side has a P-256 key and a certificate that nobody vouches for, and believes the other
 *       when its certificate has the SHA-256 that signalling has told. No session is resumed, and
 *       nothing is sent before that.
 *   <li>The fixed bit is never greased (RFC 9287): by it, and by the first byte altogether, QUIC is
 *       told from STUN and TURN on the same socket (RFC 9443).
 *   <li>Streams are bidirectional; at most 1024 of each side at a time. A code of RESET_STREAM is
 *       the application's, and whoever sends one gives up the other direction, too.
 *   <li>DATAGRAM frames (RFC 9221) begin with a byte: 0, and data for the application follow; 1 is
 *       a ping. Others are ignored. A ping is sent after 12 s without anything from the peer.
 *   <li>After 60 s without anything from the peer the connection is over.
 *   <li>Datagrams have 1200 bytes at most, and there is no search for more: the way may be switched
 *       to one that carries less, which quiche would not find out.
 * </ul>
 */
@NullMarked
package io.culvert.client.quic;

import org.jspecify.annotations.NullMarked;
