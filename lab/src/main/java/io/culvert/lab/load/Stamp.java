package io.culvert.lab.load;

import io.netty.buffer.ByteBuf;

/**
 * What a packet carries so that it is known when it comes back: 12 bytes, which are also as long as
 * a transaction id of STUN.
 *
 * <pre>
 * Trial(4) SentAt(8)      the trial that it was sent in; the nanoseconds of the sender's clock
 * </pre>
 */
final class Stamp {
  /** How long it is. */
  static final int BYTES = 12;

  private Stamp() {}

  static void write(ByteBuf packet, int index, int trial, long now) {
    packet.setInt(index, trial);
    packet.setLong(index + Integer.BYTES, now);
  }

  static int trial(ByteBuf packet, int index) {
    return packet.getInt(index);
  }

  static long sentAt(ByteBuf packet, int index) {
    return packet.getLong(index + Integer.BYTES);
  }
}
