package io.culvert.wire.stun;

import io.netty.buffer.ByteBuf;

/**
 * How clients from before 2008 learn their address, RFC 3489 §8: there was no magic cookie, so 16
 * bytes are the transaction's id, and the address comes in plain bytes. libnice still asks its STUN
 * server so. Only for datagrams; a request with attributes wants more than this can do.
 *
 * <pre>
 * request   0001 0000 TransactionId(16)
 * answer    0101 Length(2) TransactionId(16) MAPPED-ADDRESS
 * </pre>
 */
public final class ClassicBinding {
  private static final int REQUEST = 0x0001_0000;
  private static final int SUCCESS = 0x0101;
  private static final int TRANSACTION_ID_BYTES = 16;

  private ClassicBinding() {}

  /** Whether these bytes are a request. One of today's is not. */
  public static boolean isRequest(ByteBuf buffer, int index, int length) {
    return length == StunLayout.HEADER_BYTES
        && buffer.getInt(index) == REQUEST
        && buffer.getInt(index + StunLayout.COOKIE_AT) != StunLayout.MAGIC_COOKIE;
  }

  /** Appends the answer to the request at that index. */
  public static void answer(
      ByteBuf request, int index, long high, long low, int port, boolean ipv4, ByteBuf out) {
    int start = out.writerIndex();
    out.writeShort(SUCCESS).writeShort(0);
    out.writeBytes(request, index + StunLayout.COOKIE_AT, TRANSACTION_ID_BYTES);
    int value = out.writeShort(AttributeType.MAPPED_ADDRESS).writeShort(0).writerIndex();
    TransportAddress.write(high, low, port, ipv4, false, out, start);
    out.setShort(value - Short.BYTES, out.writerIndex() - value);
    out.setShort(start + StunLayout.LENGTH_AT, out.writerIndex() - start - StunLayout.HEADER_BYTES);
  }
}
