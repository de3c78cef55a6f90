package io.culvert.client.net;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Messages on their way from the event loop to whoever reads the link. When the reader falls
 * behind, it says so.
 */
final class Inbox {
  private static final int PAUSE_ABOVE_BYTES = 256 << 10;
  private static final int RESUME_BELOW_BYTES = 64 << 10;

  private final Reading reading;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final Deque<byte[]> messages = new ArrayDeque<>();
  private int bytes;
  private boolean paused;
  private boolean ended;
  private @Nullable IOException error;

  /** Where the messages come from. */
  interface Reading {
    /** Whether to go on. */
    void set(boolean on);
  }

  Inbox(Reading reading) {
    this.reading = reading;
  }

  void add(byte[] message) {
    lock.lock();
    try {
      messages.add(message);
      bytes += message.length;
      if (bytes > PAUSE_ABOVE_BYTES && !paused) {
        paused = true;
        reading.set(false);
      }
      arrived.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Nothing more will come; the first reason counts. */
  void end(@Nullable IOException why) {
    lock.lock();
    try {
      if (!ended) {
        ended = true;
        error = why;
        arrived.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /** The next message; null at the peer's end. */
  byte @Nullable [] take() throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      while (messages.isEmpty() && !ended) {
        arrived.await();
      }
      byte[] message = messages.poll();
      if (message == null) {
        if (error != null) {
          throw error;
        }
        return null;
      }
      bytes -= message.length;
      if (bytes < RESUME_BELOW_BYTES && paused) {
        paused = false;
        reading.set(true);
      }
      return message;
    } finally {
      lock.unlock();
    }
  }
}
