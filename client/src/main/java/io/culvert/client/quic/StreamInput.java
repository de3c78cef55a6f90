package io.culvert.client.quic;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the peer has sent on a stream, on its way from the event loop to whoever reads. The loop
 * goes on reading only while there is not much here, and then QUIC lets the peer send no more.
 * Thread-safe.
 */
final class StreamInput {
  private static final int ENOUGH_BYTES = 128 << 10;
  private static final int FEW_BYTES = 32 << 10;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final Deque<ByteBuf> waiting = new ArrayDeque<>();
  private int bytes;
  private boolean paused;
  private boolean unwanted;
  private boolean ended;
  private @Nullable Supplier<? extends IOException> failure;

  /** More has come; takes the buffer over. */
  void add(ByteBuf buffer) {
    lock.lock();
    try {
      if (unwanted || !buffer.isReadable()) {
        buffer.release();
        return;
      }
      waiting.add(buffer);
      bytes += buffer.readableBytes();
      arrived.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Whether to go on reading; when not, {@link #read} says when to. */
  boolean wantsMore() {
    lock.lock();
    try {
      paused = bytes >= ENOUGH_BYTES;
      return !paused;
    } finally {
      lock.unlock();
    }
  }

  /** The peer has sent everything. */
  void end() {
    lock.lock();
    try {
      ended = true;
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Nothing more will come; without effect behind the end. The first reason counts. */
  void fail(Supplier<? extends IOException> why) {
    lock.lock();
    try {
      if (failure == null) {
        failure = why;
      }
      // Whoever reads may never come for the rest: let the garbage collector have it.
      List<ByteBuf> rest = waiting.stream().map(StreamInput::onHeap).toList();
      waiting.clear();
      waiting.addAll(rest);
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static ByteBuf onHeap(ByteBuf buffer) {
    try {
      return Unpooled.wrappedBuffer(ByteBufUtil.getBytes(buffer));
    } finally {
      buffer.release();
    }
  }

  /** Nobody is going to read it. */
  void discard() {
    lock.lock();
    try {
      unwanted = true;
      waiting.forEach(ByteBuf::release);
      waiting.clear();
      bytes = 0;
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Moves bytes into the buffer, waiting for the first; how many, or -1 at the peer's end.
   *
   * @param resume called when the loop has to go on reading
   */
  int read(ByteBuffer into, Deadline deadline, Runnable resume)
      throws IOException, InterruptedException {
    int read;
    boolean goOn;
    lock.lockInterruptibly();
    try {
      deadline.await(
          arrived,
          () -> !waiting.isEmpty() || unwanted || ended || failure != null,
          "Nothing has come on the stream");
      if (unwanted) {
        throw new IOException("This side does not read the stream any more.");
      }
      if (waiting.isEmpty()) {
        if (ended || failure == null) {
          return -1;
        }
        throw failure.get();
      }
      read = move(into);
      goOn = paused && bytes <= FEW_BYTES;
      paused &= !goOn;
    } finally {
      lock.unlock();
    }
    if (goOn) {
      resume.run();
    }
    return read;
  }

  private int move(ByteBuffer into) {
    int before = into.remaining();
    for (ByteBuf next = waiting.peek(); next != null && into.hasRemaining(); ) {
      int limit = into.limit();
      into.limit(into.position() + Math.min(into.remaining(), next.readableBytes()));
      next.readBytes(into);
      into.limit(limit);
      if (!next.isReadable()) {
        waiting.remove().release();
        next = waiting.peek();
      }
    }
    int moved = before - into.remaining();
    bytes -= moved;
    return moved;
  }
}
