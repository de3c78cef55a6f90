package io.culvert.lab.meeting;

import io.culvert.lab.AccountServer;
import io.culvert.lab.ScratchFolder;
import io.culvert.server.account.StoreException;
import io.culvert.server.net.ServerStartException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The accounts of alice and bob, made once, for as many servers as come; gone when it is closed.
 * Thread-safe.
 */
public record Accounts(ScratchFolder folder) implements AutoCloseable {
  static final String ALICE = "alice";
  static final String BOB = "bob";

  /**
   * Makes them, which takes the time of two passwords' hashes.
   *
   * @throws IOException when there is no room for files
   */
  public static Accounts make() throws IOException, ServerStartException, StoreException {
    ScratchFolder folder = ScratchFolder.make();
    try {
      AccountServer.prepare(data(folder), ALICE, BOB);
      return new Accounts(folder);
    } catch (ServerStartException | StoreException e) {
      folder.close();
      throw e;
    }
  }

  Path data() {
    return data(folder);
  }

  private static Path data(ScratchFolder folder) {
    return folder.path().resolve("server");
  }

  /** A new directory for the files of one peer. */
  Path home() throws IOException {
    return Files.createTempDirectory(folder.path(), "home");
  }

  @Override
  public void close() throws IOException {
    folder.close();
  }
}
