package io.culvert.server.tls.dtls;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;

/**
 * The room for what has just been decrypted and what is about to be encrypted, for all sessions.
 */
final class Plaintext {
  /** What fits into a record (RFC 5246 §6.2.1). */
  static final int MAX_BYTES = 1 << 14;

  private final byte[] incoming = new byte[MAX_BYTES];
  private final ByteBuf received = Unpooled.wrappedBuffer(incoming);
  private final byte[] outgoing = new byte[MAX_BYTES];

  byte[] incoming() {
    return incoming;
  }

  ByteBuf received() {
    return received;
  }

  byte[] outgoing(ByteBuf bytes, int index, int length) {
    bytes.getBytes(index, outgoing, 0, length);
    return outgoing;
  }
}
