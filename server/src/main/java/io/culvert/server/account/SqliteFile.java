package io.culvert.server.account;

import io.culvert.server.config.DataDirectory;
import io.culvert.server.net.ServerStartException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import javax.sql.DataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteConfig.TransactionMode;
import org.sqlite.SQLiteDataSource;

/** The database as a file in the data directory, which several processes may use at a time. */
final class SqliteFile {
  private static final int BUSY_TIMEOUT_MILLIS = 5_000;

  private final Path data;
  private final Path file;

  SqliteFile(Path data) {
    this.data = data;
    file = data.resolve("accounts.db");
  }

  String where() {
    return file.toString();
  }

  DataSource open() throws ServerStartException {
    DataDirectory.prepare(data);
    Path lockFile = data.resolve("accounts.lock");
    try {
      DataDirectory.createPrivateFile(lockFile);
      DataDirectory.createPrivateFile(file);
    } catch (IOException e) {
      throw new ServerStartException("The database " + file + " cannot be created: " + e, e);
    }
    DataSource source = source();
    // A server and a command that both find no database make one, not two; a file lock is for
    // processes, the monitor for threads.
    synchronized (SqliteFile.class) {
      try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.WRITE);
          FileLock _ = channel.lock()) {
        Schema.update(source, where());
        return source;
      } catch (IOException e) {
        throw new ServerStartException(
            "The database %s cannot be opened: is %s writable for this user?"
                .formatted(file, lockFile),
            e);
      }
    }
  }

  private DataSource source() {
    SQLiteConfig config = new SQLiteConfig();
    config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
    config.setJournalMode(JournalMode.WAL);
    // Each commit is on the disk before it is confirmed: with WAL, NORMAL would not promise that.
    config.setSynchronous(SynchronousMode.FULL);
    config.enforceForeignKeys(true);
    // What reads and then writes must not find that somebody else has written in between.
    config.setTransactionMode(TransactionMode.IMMEDIATE);
    SQLiteDataSource source = new SQLiteDataSource(config);
    source.setUrl("jdbc:sqlite:" + file);
    return source;
  }
}
