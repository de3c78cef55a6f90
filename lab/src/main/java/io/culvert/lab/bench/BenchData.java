package io.culvert.lab.bench;

import io.culvert.server.account.AccountStore;
import io.culvert.server.account.Session;
import io.culvert.server.account.StoreException;
import io.culvert.server.config.ServerConfig.StoreConfig;
import io.culvert.server.net.ServerStartException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A server's data directory with accounts that are logged in. It is gone when it is closed. */
record BenchData(Path directory) implements AutoCloseable {
  private static final Duration TOKEN_LIFE = Duration.ofDays(1);

  static BenchData create() throws IOException {
    return new BenchData(Files.createTempDirectory("culvert-bench"));
  }

  /** Adds so many accounts. */
  List<Session> logIn(int accounts) throws ServerStartException, StoreException {
    try (AccountStore store =
        AccountStore.open(directory, new StoreConfig(Optional.empty()), "culvert")) {
      return store.addLoggedIn(
          IntStream.range(0, accounts).mapToObj(i -> "account " + i).toList(), TOKEN_LIFE);
    }
  }

  /** May be called by any thread, and more than once. */
  @Override
  public synchronized void close() {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (NoSuchFileException e) {
      return; // it is gone already
    } catch (IOException e) {
      throw new UncheckedIOException(directory + " cannot be deleted.", e);
    }
  }
}
