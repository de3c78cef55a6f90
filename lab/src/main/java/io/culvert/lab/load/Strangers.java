package io.culvert.lab.load;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * The same request from many addresses of loopback, each of which asks once and is never heard of
 * again: to the server they are what spoofed senders are. A few hundred wait for their answers at
 * the same time; they leave when they have them, or after a moment.
 */
final class Strangers {
  /** How many there are addresses for: 127.16.0.0 up to 127.127.255.255. */
  static final int MAX = 112 << 16;

  private static final int FIRST_ADDRESS = 127 << 24 | 16 << 16;
  private static final int AT_A_TIME = 256;
  private static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** A server that keeps more of them than this would not leave enough to this machine. */
  private static final long MOST_BYTES = 2L << 30;

  private static final int CHECK_EVERY = 1024;

  /** What all of them together may take: a server that answers hardly anybody ends it. */
  private static final long MOST_NANOS = TimeUnit.SECONDS.toNanos(90);

  private final InetSocketAddress server;
  private final ByteBuffer request;
  private final ByteBuffer answer = ByteBuffer.allocateDirect(1500);
  private final ArrayDeque<DatagramChannel> waiting = new ArrayDeque<>(AT_A_TIME);
  private long answered;
  private int answerBytes;

  Strangers(InetSocketAddress server, ByteBuf request) {
    this.server = server;
    this.request = ByteBuffer.allocateDirect(request.readableBytes());
    request.getBytes(request.readerIndex(), this.request);
  }

  /**
   * So many ask, or fewer when the server's process takes too much memory for it.
   *
   * @param pid that process, or 0
   */
  LoadResult ask(int count, long pid) throws LoadException, IOException {
    long memory = ResidentMemory.of(pid);
    int asked = 0;
    long cpu = ProcessCpu.nanos(pid);
    long start = System.nanoTime();
    try {
      while (asked < count
          && (asked % CHECK_EVERY != 0 || ResidentMemory.of(pid) - memory < MOST_BYTES)) {
        if (waiting.size() == AT_A_TIME) {
          leave(waiting.remove());
        }
        come(asked++);
        if (System.nanoTime() - start > MOST_NANOS) {
          throw new LoadException(
              "the server has answered only %d of %d strangers".formatted(answered, asked));
        }
      }
    } finally {
      while (!waiting.isEmpty()) {
        leave(waiting.remove());
      }
    }
    long took = System.nanoTime() - start;
    long cpuTook = ProcessCpu.nanos(pid) - cpu;
    return new LoadResult(
        answered, asked, asked - answered, took, cpuTook, answerBytes, Latency.NONE);
  }

  private void come(int number) throws IOException {
    DatagramChannel stranger = DatagramChannel.open();
    waiting.add(stranger);
    stranger.configureBlocking(false);
    stranger.bind(new InetSocketAddress(address(number), 0));
    request.clear();
    request.putLong(Requests.ID_AT, number);
    stranger.send(request, server);
  }

  private static InetAddress address(int number) throws IOException {
    return InetAddress.getByAddress(
        ByteBuffer.allocate(Integer.BYTES).putInt(FIRST_ADDRESS + number).array());
  }

  private void leave(DatagramChannel stranger) throws IOException {
    try (stranger) {
      long start = System.nanoTime();
      answer.clear();
      while (stranger.receive(answer) == null) {
        if (System.nanoTime() - start > PATIENCE_NANOS) {
          return;
        }
        Thread.onSpinWait();
      }
      answered++;
      answerBytes = answer.position();
    }
  }
}
