package io.culvert.wire.stun;

import io.netty.buffer.ByteBuf;
import io.netty.util.ByteProcessor;
import java.util.zip.CRC32;

/** The value of a FINGERPRINT, RFC 8489 §14.7. Allocates nothing. */
final class Checksum {
  /** Other protocols have CRC-32s, too. */
  private static final int XOR = 0x5354554e;

  private final CRC32 crc = new CRC32();
  private final ByteProcessor update =
      b -> {
        crc.update(b);
        return true;
      };

  /** The value for the bytes of the buffer from {@code start} to before {@code end}. */
  int of(ByteBuf buffer, int start, int end) {
    crc.reset();
    buffer.forEachByte(start, end - start, update);
    return (int) crc.getValue() ^ XOR;
  }
}
