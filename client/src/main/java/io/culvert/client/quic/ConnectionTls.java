package io.culvert.client.quic;

import io.netty.handler.codec.quic.QuicSslContext;

/**
 * TLS of one side of one connection. Each has its own: nothing of a handshake can so be resumed in
 * another, which would pass by the check.
 *
 * @param check who is believed
 * @param context asks it
 */
record ConnectionTls(PeerCheck check, QuicSslContext context) {}
