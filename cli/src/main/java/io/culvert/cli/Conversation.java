package io.culvert.cli;

import static io.culvert.cli.Events.field;

import io.culvert.client.CulvertException;
import io.culvert.client.Link;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Stdin to the peer and the peer to stdout, until both have ended.
 *
 * <p>The end of one side's input ends the conversation, but nothing that is on its way is lost: the
 * other side goes on while its own input still yields something, and ends when that has been quiet
 * for a moment.
 */
final class Conversation {
  /** How long our input may be quiet after the peer's end. */
  private static final Duration QUIET_INPUT = Duration.ofSeconds(1);

  /** How long the peer may be quiet after our end. */
  private static final Duration QUIET_PEER = Duration.ofSeconds(10);

  /** The same where the peer does not see our end before we are gone. */
  private static final Duration QUIET_DATAGRAMS = Duration.ofSeconds(2);

  private static final Duration FOREVER = Duration.ofDays(365);

  private static final int CHUNK_BYTES = 16 << 10;

  /** What an input means that ends without a single byte. */
  enum Silence {
    /** The conversation ends. */
    ENDS_IT,
    /** There is nothing to say; the peer decides when it ends. */
    IS_FINE
  }

  private final Link link;
  private final Events events;
  private final Silence silence;
  private final InputStream in;
  private final Display display;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Quiet quietInput = new Quiet();
  private final Quiet quietPeer = new Quiet();
  // What follows is guarded by the lock.
  private boolean inputEnded;
  private boolean inputRefused;
  private boolean peerEnded;
  private long sent;
  private long received;

  private Conversation(Link link, Events events, Silence silence, InputStream in, Display display) {
    this.link = link;
    this.events = events;
    this.silence = silence;
    this.in = in;
    this.display = display;
  }

  /** A conversation on stdin and stdout; a chat when both are a terminal. */
  static Conversation over(Link link, Events events, Silence silence) {
    return new Conversation(link, events, silence, System.in, Display.onStdout(link));
  }

  /** Holds the conversation to its end and returns the exit code. */
  int hold() throws InterruptedException {
    display.hint().ifPresent(events::hint);
    Thread.ofPlatform().daemon().name("culvert-stdin").start(this::sendInput);
    try {
      showPeer();
      awaitInputEnd();
    } catch (CulvertException e) {
      Reports.failed(events, link.peer(), e);
      return Culvert.DID_NOT_WORK;
    } catch (IOException e) {
      return failed("stdout", "stdout takes nothing more.");
    } finally {
      link.close();
    }
    lock.lock();
    try {
      return outcome();
    } finally {
      lock.unlock();
    }
  }

  private int outcome() {
    if (inputRefused) {
      return failed("link-lost", link.peer() + " had gone before it took everything from stdin.");
    }
    events.tell(
        "ended",
        "ended: %d bytes sent, %d received".formatted(sent, received),
        field("peer", link.peer()),
        field("sent", sent),
        field("received", received));
    return Culvert.WORKED;
  }

  private int failed(String reason, String sentence) {
    events.tell(
        "failed",
        "failed: " + sentence,
        field("peer", link.peer()),
        field("reason", reason),
        field("message", sentence));
    return Culvert.DID_NOT_WORK;
  }

  private void showPeer() throws IOException, InterruptedException {
    for (byte[] message = receive(); message != null; message = receive()) {
      display.show(message);
    }
    display.end();
    update(() -> peerEnded = true);
  }

  private byte @Nullable [] receive() throws IOException, InterruptedException {
    update(quietPeer::begin);
    byte[] message = link.receive();
    update(() -> {
      quietPeer.end();
      received += message == null ? 0 : message.length;
    });
    return message;
  }

  /** Waits until stdin has ended, or has been quiet for so long that it may be left. */
  private void awaitInputEnd() throws InterruptedException {
    Duration patience = display.endsWithPeer() ? Duration.ZERO : QUIET_INPUT;
    awaitOrQuiet(() -> inputEnded, quietInput, patience);
    link.finish();
  }

  private void sendInput() {
    byte[] chunk = new byte[CHUNK_BYTES];
    try {
      for (int n = read(chunk); n >= 0; n = read(chunk)) {
        send(chunk, n);
        int length = n;
        update(() -> sent += length);
      }
      finishAfterInput();
    } catch (CulvertException e) {
      update(() -> inputRefused = true); // the receiving side knows and says why
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // nobody does; the thread ends
    } finally {
      update(() -> inputEnded = true);
    }
  }

  /** Line by line where the peer sees the borders: it may show each datagram as a line. */
  private void send(byte[] chunk, int length) throws CulvertException, InterruptedException {
    int from = 0;
    for (int at = 0; at < length && link.kind() == Link.Kind.DATAGRAMS; at++) {
      if (chunk[at] == '\n') {
        link.send(Arrays.copyOfRange(chunk, from, at + 1));
        from = at + 1;
      }
    }
    if (from < length) {
      link.send(Arrays.copyOfRange(chunk, from, length));
    }
  }

  /** The number of bytes read; -1 at the end, which an unreadable stdin has reached as well. */
  private int read(byte[] chunk) {
    update(quietInput::begin);
    try {
      return in.read(chunk);
    } catch (IOException e) {
      events.tell("stdin", "stdin cannot be read: " + e.getMessage());
      return -1;
    } finally {
      update(quietInput::end);
    }
  }

  private void finishAfterInput() throws InterruptedException {
    if (sent == 0 && silence == Silence.IS_FINE) {
      awaitOrQuiet(() -> peerEnded, quietPeer, FOREVER);
    }
    link.finish();
    awaitOrQuiet(
        () -> peerEnded,
        quietPeer,
        link.kind() == Link.Kind.DATAGRAMS ? QUIET_DATAGRAMS : QUIET_PEER);
    link.close();
  }

  private void awaitOrQuiet(BooleanSupplier ended, Quiet quiet, Duration patience)
      throws InterruptedException {
    lock.lock();
    try {
      long start = System.nanoTime();
      while (!ended.getAsBoolean()) {
        long nanos = patience.toNanos() - quiet.nanosSince(start);
        if (nanos <= 0) {
          return;
        }
        changed.await(nanos, TimeUnit.NANOSECONDS);
      }
    } finally {
      lock.unlock();
    }
  }

  private void update(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** For how long a thread has been waiting for something that does not come. */
  private static final class Quiet {
    private boolean waiting;
    private long since;

    void begin() {
      waiting = true;
      since = System.nanoTime();
    }

    void end() {
      waiting = false;
    }

    /** Counted from {@code start} at the earliest; 0 while the thread is busy. */
    long nanosSince(long start) {
      return waiting ? System.nanoTime() - Math.max(start, since) : 0;
    }
  }
}
