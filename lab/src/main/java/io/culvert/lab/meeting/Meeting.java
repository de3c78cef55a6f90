package io.culvert.lab.meeting;

import io.culvert.client.CulvertException;
import io.culvert.client.CulvertException.Reason;
import io.culvert.client.peer.Connection;
import io.culvert.client.peer.PathReport;
import io.culvert.client.peer.Stream;
import io.culvert.traversal.Path;
import java.io.EOFException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Alice connects to bob and says something at once; what comes of it, and when, counted from the
 * moment that she wanted to. Thread-safe.
 */
public final class Meeting implements AutoCloseable {
  /** How long a connection may take. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Duration GLANCE = Duration.ofMillis(2);

  /**
   * When something happened.
   *
   * @param after how long after alice wanted to connect
   * @param packets how many packets the two machines had sent from then on
   */
  public record Moment(Duration after, long packets) {}

  private final Guest alice;
  private final Guest bob;
  private final long packetsBefore;
  private final long start;
  private final CompletableFuture<Connection> toBob;
  private final CompletableFuture<Connection> toAlice;
  private final CompletableFuture<Moment> firstByte;
  private final CompletableFuture<Moment> directForAlice;
  private final CompletableFuture<Moment> direct;
  private final List<Thread> threads = new ArrayList<>();

  private Meeting(Guest alice, Guest bob) throws Exception {
    this.alice = alice;
    this.bob = bob;
    this.packetsBefore = packets();
    this.start = System.nanoTime();
    this.toBob = alice.peer().connectAsync(bob.peer().account());
    this.toAlice = inBackground(this::accept);
    this.firstByte = inBackground(this::hear);
    this.directForAlice = inBackground(() -> watch(() -> isDirect(toBob())));
    this.direct = inBackground(() -> watch(this::isDirect));
    inBackground(this::speak);
  }

  /** Alice connects to bob. */
  public static Meeting begin(Guest alice, Guest bob) throws Exception {
    return new Meeting(alice, bob);
  }

  /**
   * Alice's end, waiting for it for half a minute at most.
   *
   * @throws CulvertException when there is none; the message says why
   */
  public Connection toBob() throws Exception {
    return await(toBob, PATIENCE);
  }

  /** Bob's end, waiting for it likewise. */
  public Connection toAlice() throws Exception {
    toBob(); // which says why there is none
    return await(toAlice, PATIENCE);
  }

  /**
   * When bob had the first byte of alice's, waiting for that so long at most.
   *
   * @throws CulvertException when there is no connection; the message says why
   */
  public Moment firstByte(Duration patience) throws Exception {
    return await(firstByte, patience);
  }

  /** When alice had a direct path first, waiting for that so long at most. */
  public Optional<Moment> directForAlice(Duration patience) throws Exception {
    return within(patience, directForAlice);
  }

  /** When both ends had one first, waiting for that so long at most. */
  public Optional<Moment> direct(Duration patience) throws Exception {
    return within(patience, direct);
  }

  private static Optional<Moment> within(Duration patience, CompletableFuture<Moment> moment)
      throws Exception {
    try {
      return Optional.of(moment.get(patience.toNanos(), TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      return Optional.empty();
    } catch (ExecutionException e) {
      throw cause(e);
    }
  }

  /** Now. */
  public Moment now() throws Exception {
    Duration after = Duration.ofNanos(System.nanoTime() - start);
    return new Moment(after, packets() - packetsBefore);
  }

  /** The path that alice takes at the moment; empty while there is none. */
  public Optional<PathReport> path() throws Exception {
    return toBob().path();
  }

  /** Whether both ends take a path without the relay at the moment. */
  public boolean isDirect() throws Exception {
    return isDirect(toBob()) && isDirect(toAlice());
  }

  private static boolean isDirect(Connection connection) {
    return connection.path().filter(path -> path.kind() != Path.RELAY).isPresent();
  }

  private long packets() throws Exception {
    return alice.packetsSent() + bob.packetsSent();
  }

  private Connection accept() throws Exception {
    return bob.peer()
        .accept(PATIENCE)
        .orElseThrow(() -> new CulvertException(Reason.NOT_ANSWERED, "Nobody came to bob."));
  }

  private Moment hear() throws Exception {
    Stream stream = toAlice().acceptStream();
    if (stream.input().read() < 0) {
      throw new EOFException("Alice has said nothing to bob.");
    }
    return now();
  }

  private boolean speak() throws Exception {
    Stream stream = toBob().openStream();
    stream.output().write('a');
    stream.shutdownOutput();
    return true;
  }

  private Moment watch(Task<Boolean> isDirect) throws Exception {
    while (!isDirect.call()) {
      Thread.sleep(GLANCE);
    }
    return now();
  }

  private interface Task<T> {
    T call() throws Exception;
  }

  private <T> CompletableFuture<T> inBackground(Task<T> task) {
    CompletableFuture<T> result = new CompletableFuture<>();
    threads.add(
        Thread.ofVirtual()
            .name("meeting")
            .start(() -> {
              try {
                result.complete(task.call());
              } catch (Exception e) {
                result.completeExceptionally(e);
              }
            }));
    return result;
  }

  private static <T> T await(CompletableFuture<T> future, Duration patience) throws Exception {
    try {
      return future.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new CulvertException(
          Reason.NOT_ANSWERED, "Nothing came of it in %d s.".formatted(patience.toSeconds()));
    } catch (ExecutionException e) {
      throw cause(e);
    }
  }

  private static Exception cause(ExecutionException e) {
    return e.getCause() instanceof Exception known ? known : e;
  }

  @Override
  public void close() {
    toBob.cancel(false);
    threads.forEach(Thread::interrupt);
    for (CompletableFuture<Connection> end : List.of(toBob, toAlice)) {
      if (end.state() == Future.State.SUCCESS) {
        end.resultNow().close();
      }
    }
  }
}
