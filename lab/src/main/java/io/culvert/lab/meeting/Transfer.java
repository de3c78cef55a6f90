package io.culvert.lab.meeting;

import io.culvert.client.peer.Connection;
import io.culvert.client.peer.Stream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Bytes on a stream of their own from one end of a connection to the other, which all are to
 * arrive, in order. Thread-safe.
 */
public final class Transfer implements AutoCloseable {
  private static final int CHUNK = 2048;
  private static final int CHUNKS_A_SECOND = 100;

  private static final long SEED = 20;

  /**
   * What has come of it.
   *
   * @param longestSilence the longest time in which nothing arrived
   * @param sha256 of what was sent, which is what arrived
   */
  public record Result(long bytes, Duration took, Duration longestSilence, String sha256) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "all %.1f MB arrived in %.1f s, with a break of %d ms at most",
          bytes / 1e6,
          took.toMillis() / 1e3,
          longestSilence.toMillis());
    }
  }

  private final Connection from;
  private final Connection to;
  private final int chunks;
  private final Duration pause;
  private final CompletableFuture<String> sent = new CompletableFuture<>();
  private final CompletableFuture<Result> result = new CompletableFuture<>();
  private final Thread sender;
  private final Thread receiver;
  private volatile int received;

  private Transfer(Connection from, Connection to, int chunks, Duration pause) {
    this.from = from;
    this.to = to;
    this.chunks = chunks;
    this.pause = pause;
    this.receiver = Thread.ofVirtual().name("receiver").start(() -> orFail(this::receive));
    this.sender = Thread.ofVirtual().name("sender").start(() -> orFail(this::send));
  }

  /** As fast as it goes. */
  public static Transfer bulk(Connection from, Connection to, int bytes) {
    return new Transfer(from, to, Math.ceilDiv(bytes, CHUNK), Duration.ZERO);
  }

  /** 200 KB/s, for so long. */
  public static Transfer steady(Connection from, Connection to, Duration time) {
    return new Transfer(
        from,
        to,
        Math.toIntExact(time.toMillis() * CHUNKS_A_SECOND / 1000),
        Duration.ofSeconds(1).dividedBy(CHUNKS_A_SECOND));
  }

  private interface Part {
    void play() throws IOException, InterruptedException;
  }

  private void orFail(Part part) {
    try {
      part.play();
    } catch (IOException | InterruptedException e) {
      result.completeExceptionally(e);
    }
  }

  private void send() throws IOException, InterruptedException {
    Random random = new Random(SEED);
    MessageDigest digest = sha256();
    byte[] chunk = new byte[CHUNK];
    Stream stream = from.openStream();
    for (int i = 0; i < chunks; i++) {
      random.nextBytes(chunk);
      digest.update(chunk);
      stream.output().write(chunk);
      Thread.sleep(pause);
    }
    sent.complete(HexFormat.of().formatHex(digest.digest()));
    stream.shutdownOutput();
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java has it", e);
    }
  }

  private void receive() throws IOException, InterruptedException {
    MessageDigest digest = sha256();
    long longest = 0;
    try (Stream stream = to.acceptStream()) {
      long start = System.nanoTime();
      long last = start;
      for (int i = 0; i < chunks; i++) {
        byte[] chunk = stream.input().readNBytes(CHUNK);
        if (chunk.length < CHUNK) {
          throw new IOException("Less arrived than was sent.");
        }
        digest.update(chunk);
        long now = System.nanoTime();
        longest = Math.max(longest, now - last);
        last = now;
        received = i + 1;
      }
      if (stream.input().read() >= 0) {
        throw new IOException("More arrived than was sent.");
      }
      String sha256 = HexFormat.of().formatHex(digest.digest());
      if (!sha256.equals(sent.join())) {
        throw new IOException("What arrived is not what was sent.");
      }
      result.complete(
          new Result(
              (long) chunks * CHUNK,
              Duration.ofNanos(last - start),
              Duration.ofNanos(longest),
              sha256));
    }
  }

  /** How many bytes have arrived. */
  public long received() {
    return (long) received * CHUNK;
  }

  /**
   * Waits until that share of it has arrived.
   *
   * @param share 0 to 1
   * @throws IOException when it has failed, or has not come so far in time; the message says which
   */
  public void awaitShare(double share, Duration patience) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (received < share * chunks) {
      if (System.nanoTime() > deadline) {
        throw late(patience);
      }
      if (result.isCompletedExceptionally()) {
        await(Duration.ZERO);
      }
      Thread.sleep(Duration.ofMillis(5));
    }
  }

  /**
   * Waits until all of it has arrived.
   *
   * @throws IOException when it has failed, or takes longer than that; the message says which
   */
  public Result await(Duration patience) throws IOException, InterruptedException {
    try {
      return result.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw late(patience);
    } catch (ExecutionException e) {
      throw new IOException(
          "After %d of %d bytes: %s"
              .formatted((long) received * CHUNK, (long) chunks * CHUNK, sentence(e)),
          e);
    }
  }

  private static String sentence(ExecutionException e) {
    Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
    return Objects.requireNonNullElse(cause.getMessage(), cause.toString());
  }

  private IOException late(Duration patience) {
    return new IOException(
        "Only %d of %d bytes had arrived when %d s had passed."
            .formatted((long) received * CHUNK, (long) chunks * CHUNK, patience.toSeconds()));
  }

  /** Gives it up if it is under way. */
  @Override
  public void close() {
    sender.interrupt();
    receiver.interrupt();
  }
}
