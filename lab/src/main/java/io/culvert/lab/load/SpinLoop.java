package io.culvert.lab.load;

import io.culvert.wire.transport.Transport;
import io.culvert.wire.transport.udp.DatagramLoop;
import io.culvert.wire.transport.udp.DatagramOptions;
import io.culvert.wire.transport.udp.DatagramPort;
import io.netty.channel.ManualIoEventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * The one thread that loads: an event loop that never sleeps while there is something to do, so
 * that packets leave when they are due and are timed when they come. Belongs to the thread that
 * made it.
 */
final class SpinLoop implements AutoCloseable {
  private static final int BUFFER_BYTES = 4 << 20;
  private static final DatagramOptions OPTIONS =
      new DatagramOptions(false, BUFFER_BYTES, BUFFER_BYTES, false);

  private final ManualIoEventLoop events =
      new ManualIoEventLoop(Thread.currentThread(), Transport.best().ioHandlers());
  private final DatagramLoop sockets = new DatagramLoop(events);

  /** A socket on a free port of that address. */
  DatagramPort open(InetAddress from, DatagramPort.Receiver receiver) throws IOException {
    return sockets.open(new InetSocketAddress(from, 0), OPTIONS, receiver);
  }

  /** Runs round by round for so long. */
  void spin(long nanos, Step step) throws LoadException, IOException {
    spin(nanos, step, () -> false);
  }

  /** Runs round by round until that is so, and for so long at most; says whether it is so. */
  boolean spin(long nanos, Step step, BooleanSupplier done) throws LoadException, IOException {
    long start = System.nanoTime();
    long now = start;
    while (!done.getAsBoolean()) {
      if (now - start >= nanos) {
        return false;
      }
      step.at(now);
      events.runNow();
      now = System.nanoTime();
    }
    return true;
  }

  @Override
  public void close() throws IOException {
    sockets.close();
    events.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    while (!events.isTerminated()) {
      events.runNow();
    }
  }
}
