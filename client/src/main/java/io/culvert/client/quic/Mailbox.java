package io.culvert.client.quic;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the event loop has for whoever takes it; so much and no more. Thread-safe. */
public final class Mailbox<T> {
  private final int capacity;
  private final String missing;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<T> waiting = new ArrayDeque<>();
  private @Nullable Supplier<? extends IOException> end;

  /**
   * Empty.
   *
   * @param missing what has not happened when nobody finds anything, for a sentence
   */
  public Mailbox(int capacity, String missing) {
    this.capacity = capacity;
    this.missing = missing;
  }

  /** False when there is no room, or no more to come. */
  public boolean offer(T item) {
    lock.lock();
    try {
      if (end != null || waiting.size() == capacity) {
        return false;
      }
      waiting.add(item);
      changed.signal();
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Nothing more will come; the first reason counts. */
  public void end(Supplier<? extends IOException> why) {
    lock.lock();
    try {
      if (end == null) {
        end = why;
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** The next one; what has come before the end still counts. */
  public T take(Deadline deadline) throws IOException, InterruptedException {
    lock.lockInterruptibly();
    try {
      deadline.await(changed, () -> !waiting.isEmpty() || end != null, missing);
      T item = waiting.poll();
      if (item != null) {
        return item;
      }
      throw Objects.requireNonNull(end).get();
    } finally {
      lock.unlock();
    }
  }
}
