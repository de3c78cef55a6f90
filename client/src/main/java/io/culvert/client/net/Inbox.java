package io.culvert.client.net;

import io.netty.channel.Channel;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Messages on their way from the event loop to whoever reads the link. When the reader falls
 * behind, the channel stops reading, so that TCP slows the peer down.
 */
final class Inbox {
  private static final int PAUSE_ABOVE_BYTES = 256 << 10;
  private static final int RESUME_BELOW_BYTES = 64 << 10;

  private final Channel channel;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final Deque<byte[]> messages = new ArrayDeque<>();
  private int bytes;
  private boolean ended;
  private @Nullable IOException error;

  Inbox(Channel channel) {
    this.channel = channel;
  }

  void add(byte[] message) {
    lock.lock();
    try {
      messages.add(message);
      bytes += message.length;
      if (bytes > PAUSE_ABOVE_BYTES) {
        channel.config().setAutoRead(false);
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
      if (bytes < RESUME_BELOW_BYTES && !channel.config().isAutoRead()) {
        channel.config().setAutoRead(true);
      }
      return message;
    } finally {
      lock.unlock();
    }
  }
}
