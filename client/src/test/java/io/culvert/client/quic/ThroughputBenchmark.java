package io.culvert.client.quic;

import io.culvert.wire.transport.Transport;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * How fast one stream is over loopback, beside Netty's QUIC with nothing around it and all that
 * Linux offers (UDP_SEGMENT, UDP_GRO), in turns. By hand: its main method takes the megabytes and
 * the rounds.
 */
final class ThroughputBenchmark {
  private ThroughputBenchmark() {}

  public static void main(String[] args) throws Exception {
    long bytes = (args.length > 0 ? Long.parseLong(args[0]) : 500) << 20;
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 5;
    List<Double> ours = new ArrayList<>();
    List<Double> bare = new ArrayList<>();
    for (int round = 0; round <= rounds; round++) {
      double b = megabytesPerSecond(bytes, BareQuic.nanosFor(bytes));
      double o = megabytesPerSecond(bytes, nanosFor(bytes));
      System.out.printf("bare %.0f MB/s, ours %.0f MB/s%s%n", b, o, round == 0 ? " (warm-up)" : "");
      if (round > 0) {
        bare.add(b);
        ours.add(o);
      }
    }
    System.out.printf(
        "median: bare %.0f MB/s, ours %.0f MB/s, ratio %.2f%n",
        median(bare), median(ours), median(ours) / median(bare));
  }

  private static double megabytesPerSecond(long bytes, long nanos) {
    return bytes / 1e6 / (nanos / 1e9);
  }

  private static double median(List<Double> values) {
    return values.stream().sorted().skip(values.size() / 2).findFirst().orElseThrow();
  }

  private static long nanosFor(long bytes) throws Exception {
    try (TwoPeers peers = TwoPeers.connected(Transport.best())) {
      long begin = System.nanoTime();
      Thread writer =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  QuicStream stream = peers.alice().openStream();
                  ByteBuffer chunk = ByteBuffer.allocateDirect(64 << 10);
                  for (long left = bytes; left > 0; left -= chunk.limit()) {
                    stream.write(chunk.clear().limit((int) Math.min(chunk.capacity(), left)));
                  }
                  stream.shutdownOutput();
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              });
      Thread reader =
          Thread.ofVirtual()
              .start(() -> {
                try {
                  QuicStream stream = peers.bob().acceptStream();
                  ByteBuffer chunk = ByteBuffer.allocateDirect(256 << 10);
                  long read = 0;
                  while (stream.read(chunk.clear()) >= 0) {
                    read += chunk.position();
                  }
                  if (read != bytes) {
                    throw new AssertionError(read + " bytes have come");
                  }
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                }
              });
      reader.join();
      writer.join();
      return System.nanoTime() - begin;
    }
  }
}
