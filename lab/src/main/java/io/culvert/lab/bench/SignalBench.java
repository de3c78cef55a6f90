package io.culvert.lab.bench;

import io.culvert.lab.bench.ServerProcess.Addresses;
import io.culvert.server.account.Session;
import io.culvert.server.account.StoreException;
import io.culvert.server.net.ServerStartException;
import io.culvert.wire.transport.MonotonicTime;
import io.culvert.wire.transport.SocketError;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * What clients of flow and tag cost a server: starts one in a process of its own, on loopback, and
 * connects them. Nothing is left of it, not even after Ctrl-C.
 */
public final class SignalBench {
  /** A little less than one address may have at a server, by default for flow, always for tag. */
  public static final int MAX_CLIENTS = 16_000;

  /** Silent clients are offline after 45 s, and tags forgotten after 60: more time helps nobody. */
  private static final int MAX_SECONDS = 60;

  private static final int POLL_MILLIS = 20;

  private final int clients;
  private final InstantSource clock = new MonotonicTime();

  /**
   * For so many clients of each protocol.
   *
   * @param clients 1 to {@link #MAX_CLIENTS}
   */
  public SignalBench(int clients) {
    if (clients < 1 || clients > MAX_CLIENTS) {
      throw new IllegalArgumentException(clients + " clients");
    }
    this.clients = clients;
  }

  /**
   * Measures, for a minute at most once the accounts are made.
   *
   * @throws BenchException when that cannot be done here, or not in that time
   */
  public SignalReport run() throws BenchException, InterruptedException {
    OpenFiles.require(clients, "clients");
    try (BenchData data = BenchData.create()) {
      List<Session> sessions = data.logIn(clients + 1);
      try (AtExit atExit = new AtExit();
          ServerProcess server = ServerProcess.start(data.directory(), List.of(), List.of())) {
        atExit.run(data::close);
        atExit.run(server::close);
        return withinTime(server, sessions);
      }
    } catch (IOException | ServerStartException | StoreException e) {
      throw new BenchException("No server can be started: " + e.getMessage(), e);
    }
  }

  private SignalReport withinTime(ServerProcess server, List<Session> sessions)
      throws BenchException, InterruptedException {
    CompletableFuture<Void> outOfTime =
        CompletableFuture.runAsync(
            server::kill, CompletableFuture.delayedExecutor(MAX_SECONDS, TimeUnit.SECONDS));
    try {
      return measure(server, sessions);
    } catch (IOException e) {
      throw new BenchException(
          outOfTime.isDone()
              ? "%d clients were not connected within %d s: try fewer."
                  .formatted(clients, MAX_SECONDS)
              : "Nothing can be measured: " + SocketError.explain(e) + ".",
          e);
    } finally {
      outOfTime.cancel(false);
    }
  }

  private SignalReport measure(ServerProcess server, List<Session> sessions)
      throws IOException, InterruptedException {
    Addresses at = server.addresses();
    TagClients tags = new TagClients(at.tag());
    try (FlowClients flow = new FlowClients(at.signal())) {
      // So that the classes are there when the memory is measured.
      flow.connect(sessions.subList(clients, clients + 1));
      await(at, now -> now.online() == 1);
      flow.leave();
      tags.register(1);
      await(at, now -> now.online() == 0 && now.registered() == 1);
      server.memory();

      Memory empty = server.memory();
      Instant start = clock.instant();
      flow.connect(sessions.subList(0, clients));
      await(at, now -> now.online() == clients);
      Duration flowTook = Duration.between(start, clock.instant());

      Memory withFlow = server.memory();
      start = clock.instant();
      tags.register(clients);
      await(at, now -> now.online() == clients && now.registered() == clients + 1);
      Duration tagTook = Duration.between(start, clock.instant());

      Memory withTags = server.memory();
      flow.leave();
      await(at, now -> now.online() == 0);
      return new SignalReport(
          clients, flowTook, tagTook, empty, withFlow, withTags, server.memory());
    }
  }

  /** Waits, if need be until the server is killed for it. */
  private static void await(Addresses at, Predicate<Population> wanted)
      throws IOException, InterruptedException {
    while (!wanted.test(Population.of(at.http()))) {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }
}
