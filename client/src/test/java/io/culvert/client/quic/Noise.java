package io.culvert.client.quic;

import java.nio.ByteBuffer;
import java.util.Random;
import java.util.function.LongPredicate;
import java.util.zip.CRC32C;

/** Bytes that look like nothing else, and their checksum. */
final class Noise {
  private Noise() {}

  /** Sends at least so many on a stream and ends it; their checksum. */
  static long send(QuicStream stream, long seed, int bytes) throws Exception {
    return send(stream, seed, sent -> sent < bytes);
  }

  /** Sends as long as it shall after so many bytes, and ends the stream; the checksum. */
  static long send(QuicStream stream, long seed, LongPredicate goOn) throws Exception {
    Random random = new Random(seed);
    CRC32C checksum = new CRC32C();
    for (long sent = 0; goOn.test(sent); ) {
      byte[] chunk = new byte[1 + random.nextInt(50_000)];
      random.nextBytes(chunk);
      checksum.update(chunk);
      stream.write(ByteBuffer.wrap(chunk));
      sent += chunk.length;
    }
    stream.shutdownOutput();
    return checksum.getValue();
  }

  /** Reads a stream to its end; the checksum. */
  static long read(QuicStream stream) throws Exception {
    CRC32C checksum = new CRC32C();
    ByteBuffer buffer = ByteBuffer.allocate(30_000);
    while (stream.read(buffer) >= 0) {
      checksum.update(buffer.flip());
      buffer.clear();
    }
    return checksum.getValue();
  }
}
