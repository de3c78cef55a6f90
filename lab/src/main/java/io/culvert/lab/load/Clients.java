package io.culvert.lab.load;

import io.culvert.lab.load.TurnClient.Sink;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** Clients that do the same, a few dozen at a time. Belongs to the loop. */
final class Clients implements AutoCloseable {
  /** How many ask at the same time: enough that the server need never wait for one of them. */
  static final int AT_A_TIME = 64;

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final SpinLoop loop;
  private final List<TurnClient> clients = new ArrayList<>();
  private int started;
  private int finished;
  private long lastTick = System.nanoTime();

  Clients(SpinLoop loop) {
    this.loop = loop;
  }

  /** So many more, each with a socket of its own. */
  void open(int count, Account account, InetAddress from, Sink sink) throws IOException {
    for (int i = 0; i < count; i++) {
      clients.add(new TurnClient(account, loop, from, sink));
    }
  }

  List<TurnClient> all() {
    return clients;
  }

  /** Has each of them ask something, and waits for all the answers. */
  void each(BiConsumer<TurnClient, Runnable> request) throws LoadException, IOException {
    started = 0;
    finished = 0;
    boolean all =
        loop.spin(
            PATIENCE_NANOS,
            now -> {
              while (started < clients.size() && started - finished < AT_A_TIME) {
                request.accept(clients.get(started++), () -> finished++);
              }
              tick(now);
            },
            () -> finished == clients.size());
    if (!all) {
      throw new LoadException(
          "the server has answered only %d of %d clients".formatted(finished, clients.size()));
    }
  }

  /** Has them say again what has not been answered. */
  void tick(long now) throws LoadException {
    if (now - lastTick < TICK_NANOS) {
      return;
    }
    lastTick = now;
    for (TurnClient client : clients) {
      client.tick(now);
    }
  }

  @Override
  public void close() {
    clients.forEach(TurnClient::close);
  }
}
