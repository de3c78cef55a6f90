package io.culvert.lab.bench;

import io.culvert.client.peer.Connection;
import io.culvert.client.peer.Peer;
import io.culvert.client.peer.Stream;
import io.culvert.client.quic.Identity;
import io.culvert.lab.AccountServer;
import io.culvert.lab.bench.BenchReport.Run;
import io.culvert.server.account.StoreException;
import io.culvert.server.net.ServerStartException;
import io.culvert.traversal.Path;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * How fast one stream between two peers is over loopback, beside Netty's QUIC with nothing around
 * it and all that Linux offers for UDP (UDP_SEGMENT, UDP_GRO): in turns, in one process.
 *
 * @param megabytes how many each time
 * @param rounds how many times each of the two is measured; one more before that is not counted
 * @param progress told what goes on
 */
public record ThroughputBench(int megabytes, int rounds, Consumer<String> progress) {
  private static final InetAddress HERE = InetAddress.ofLiteral("127.0.0.1");
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final int CHUNK = 64 << 10;

  /**
   * Measures.
   *
   * @throws BenchException when that cannot be done here
   */
  public BenchReport run() throws BenchException, InterruptedException {
    try (BenchData data = BenchData.create()) {
      AccountServer.prepare(data.directory(), "alice", "bob");
      java.nio.file.Path identity = data.directory().resolve("bare.pem");
      Identity.keptIn(identity);
      BareQuic bare = new BareQuic(identity);
      List<Run> runs = new ArrayList<>();
      for (int round = 0; round <= rounds; round++) {
        progress.accept(round == 0 ? "warming up" : "round %d of %d".formatted(round, rounds));
        Run ofBare = run("netty", bare.nanosFor(bytes()));
        Run ofOurs = run("culvert", nanosOfOurs(data.directory()));
        if (round > 0) {
          runs.add(ofBare);
          runs.add(ofOurs);
        }
      }
      return new BenchReport(Optional.empty(), runs);
    } catch (IOException
        | ServerStartException
        | StoreException
        | ExecutionException
        | TimeoutException e) {
      throw new BenchException("Nothing can be measured: " + e.getMessage(), e);
    }
  }

  private long bytes() {
    return megabytes * 1_000_000L;
  }

  private Run run(String name, long nanos) {
    double perSecond = megabytes / (nanos / 1e9);
    return new Run(
        name,
        List.of(
            Figure.of("one stream, loopback", "throughput", Unit.MEGABYTES_PER_SECOND, perSecond)
                .should(Target.atLeastTimes(0.9))));
  }

  private long nanosOfOurs(java.nio.file.Path data)
      throws IOException,
          InterruptedException,
          BenchException,
          ExecutionException,
          ServerStartException {
    try (AccountServer server = AccountServer.start(HERE, data);
        Peer alice = open(server, "alice", data);
        Peer bob = open(server, "bob", data);
        Connection toBob = alice.connect("bob");
        Connection toAlice =
            bob.accept(PATIENCE).orElseThrow(() -> new BenchException("Nobody came to bob."))) {
      awaitLocal(toBob);
      awaitLocal(toAlice);
      CompletableFuture<Long> received = new CompletableFuture<>();
      long begin = System.nanoTime();
      Thread.ofVirtual().name("sender").start(() -> orFail(received, () -> send(toBob)));
      Thread.ofVirtual()
          .name("receiver")
          .start(() -> orFail(received, () -> received.complete(receive(toAlice))));
      if (received.get() != bytes()) {
        throw new BenchException("Some bytes did not arrive.");
      }
      return System.nanoTime() - begin;
    }
  }

  private static Peer open(AccountServer server, String name, java.nio.file.Path data)
      throws IOException, InterruptedException {
    return Peer.builder()
        .login(server.login(name))
        .directory(data.resolve(name))
        .portMapping(false) // both are here
        .open();
  }

  private static void awaitLocal(Connection connection)
      throws BenchException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (connection.path().filter(path -> path.kind() == Path.LOCAL).isEmpty()) {
      if (System.nanoTime() > deadline) {
        throw new BenchException("Two peers on one machine have found no direct path.");
      }
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  private interface Part {
    void play() throws IOException, InterruptedException;
  }

  private static void orFail(CompletableFuture<Long> result, Part part) {
    try {
      part.play();
    } catch (IOException | InterruptedException e) {
      result.completeExceptionally(e);
    }
  }

  private void send(Connection connection) throws IOException, InterruptedException {
    Stream stream = connection.openStream();
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
    for (long left = bytes(); left > 0; left -= chunk.limit()) {
      stream.write(chunk.clear().limit((int) Math.min(chunk.capacity(), left)));
    }
    stream.shutdownOutput();
  }

  private static long receive(Connection connection) throws IOException, InterruptedException {
    try (Stream stream = connection.acceptStream()) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(CHUNK);
      long bytes = 0;
      for (int n = stream.read(buffer); n >= 0; n = stream.read(buffer.clear())) {
        bytes += n;
      }
      return bytes;
    }
  }
}
