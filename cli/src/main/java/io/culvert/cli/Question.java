package io.culvert.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Questions to the person at the terminal, one at a time, to be answered with a line on stdin. What
 * is typed while none is open is thrown away; after a yes stdin is the conversation's. Thread-safe.
 */
final class Question {
  private final Events events;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition asked = lock.newCondition();
  private @Nullable Consumer<Boolean> open;

  Question(Events events) {
    this.events = events;
    Thread.ofPlatform().daemon().name("culvert-question").start(this::readAnswers);
  }

  /** Asks, in place of a question that may still be open. */
  void ask(String text, Consumer<Boolean> answer) {
    lock.lock();
    try {
      open = answer;
      events.hint(Text.printable(text) + " [Y/n]");
      asked.signal();
    } finally {
      lock.unlock();
    }
  }

  /** Nobody wants to know any more. */
  void withdraw() {
    lock.lock();
    try {
      open = null;
    } finally {
      lock.unlock();
    }
  }

  private void readAnswers() {
    try {
      boolean yes = false;
      while (!yes) {
        awaitQuestion();
        String line = line();
        yes = !line.strip().toLowerCase(Locale.ROOT).startsWith("n");
        yes &= answer(yes);
      }
    } catch (IOException e) {
      answer(false); // nobody is there to answer
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody does; the thread ends
    }
  }

  /** False when nobody had asked. */
  private boolean answer(boolean yes) {
    Consumer<Boolean> to;
    lock.lock();
    try {
      to = open;
      open = null;
    } finally {
      lock.unlock();
    }
    if (to != null) {
      to.accept(yes);
    }
    return to != null;
  }

  private void awaitQuestion() throws InterruptedException {
    lock.lock();
    try {
      while (open == null) {
        asked.await();
      }
    } finally {
      lock.unlock();
    }
  }

  private static String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int b = System.in.read();
    while (b != '\n') {
      if (b < 0) {
        throw new IOException("stdin has ended");
      }
      line.write(b);
      b = System.in.read();
    }
    return line.toString(StandardCharsets.UTF_8);
  }
}
