package io.culvert.client.quic;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is sent on a stream, on its way from whoever writes to the event loop: what is written while
 * the loop does other things leaves in one piece. Who writes waits when QUIC does not take it as
 * fast. Thread-safe.
 */
final class StreamOutput {
  private static final int MAX_BYTES = 256 << 10;
  private static final int PORTION_BYTES = 64 << 10;

  /** What leaves next. */
  record Portion(@Nullable ByteBuf bytes, boolean last) {}

  private final ByteBufAllocator memory;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition taken = lock.newCondition();
  private @Nullable ByteBuf gathered;
  private int unsent;
  private boolean announced;
  private boolean finished;
  private @Nullable Supplier<? extends IOException> failure;

  StreamOutput(ByteBufAllocator memory) {
    this.memory = memory;
  }

  /**
   * Takes all bytes, waiting for room.
   *
   * @param announce called when the loop has to come and {@link #take}
   */
  void write(ByteBuffer from, Deadline deadline, Runnable announce)
      throws IOException, InterruptedException {
    while (from.hasRemaining()) {
      boolean first;
      lock.lockInterruptibly();
      try {
        awaitRoom(deadline);
        gather(from);
        first = !announced;
        announced = true;
      } finally {
        lock.unlock();
      }
      if (first) {
        announce.run();
      }
    }
  }

  private void awaitRoom(Deadline deadline) throws IOException, InterruptedException {
    deadline.await(
        taken,
        () -> unsent < MAX_BYTES || finished || failure != null,
        "The peer has not taken what was sent");
    if (finished) {
      throw new IOException("This side has said that it sends nothing more on the stream.");
    }
    if (failure != null) {
      throw failure.get();
    }
  }

  private void gather(ByteBuffer from) {
    int length = Math.min(Math.min(from.remaining(), PORTION_BYTES), MAX_BYTES - unsent);
    if (gathered == null) {
      gathered = memory.directBuffer(length);
    }
    int limit = from.limit();
    from.limit(from.position() + length);
    gathered.writeBytes(from);
    from.limit(limit);
    unsent += length;
  }

  /** Nothing more will be written; false when that is known already. */
  boolean finish() {
    lock.lock();
    try {
      boolean first = !finished && failure == null;
      finished = true;
      return first;
    } finally {
      lock.unlock();
    }
  }

  /** What is to leave now; on the event loop. */
  Portion take() {
    lock.lock();
    try {
      ByteBuf bytes = gathered;
      gathered = null;
      announced = false;
      return new Portion(bytes, finished);
    } finally {
      lock.unlock();
    }
  }

  /** QUIC has taken so much. */
  void left(int bytes) {
    lock.lock();
    try {
      unsent -= bytes;
      taken.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Nothing more can be sent. The first reason counts. */
  void fail(Supplier<? extends IOException> why) {
    lock.lock();
    try {
      if (failure == null) {
        failure = why;
      }
      if (gathered != null) {
        gathered.release();
        gathered = null;
      }
      taken.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
