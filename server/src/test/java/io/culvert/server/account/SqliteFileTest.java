package io.culvert.server.account;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.culvert.server.account.TestDatabases.Kind;
import io.culvert.server.account.TestDatabases.TestDatabase;
import io.culvert.server.net.ServerStartException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssertAlternative;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SqliteFileTest {
  private final TestDatabase database;
  private final Path file;

  SqliteFileTest(@TempDir Path dir) throws Exception {
    database = TestDatabases.fresh(Kind.SQLITE, dir);
    file = database.data().resolve("accounts.db");
  }

  private Database open() throws ServerStartException {
    return Database.open(database.data(), database.config());
  }

  private ThrowableAssertAlternative<ServerStartException> openingFails() {
    return assertThatExceptionOfType(ServerStartException.class)
        .isThrownBy(this::open)
        .withMessageContaining(file.toString());
  }

  @Test
  void nobodyElseCanReadIt() throws Exception {
    try (Database open = open();
        Stream<Path> files = Files.list(database.data())) {
      open.write(tx -> tx.execute("DELETE FROM session"));
      assertThat(files)
          .hasSizeGreaterThanOrEqualTo(3)
          .allSatisfy(file ->
              assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                  .as(file.toString())
                  .isEqualTo("rw-------"));
    }
  }

  @Test
  void aConfirmedChangeIsOnTheDiskAndWritersDoNotHoldUpReaders() throws Exception {
    try (Database open = open()) {
      assertThat(pragma(open, "journal_mode")).isEqualTo("wal");
      assertThat(pragma(open, "synchronous")).as("FULL").isEqualTo("2");
      assertThat(pragma(open, "foreign_keys")).isEqualTo("1");
      assertThat(pragma(open, "busy_timeout")).isEqualTo("5000");
    }
  }

  private static String pragma(Database open, String name) throws StoreException {
    return open.read(db -> db.createQuery("PRAGMA " + name).mapTo(String.class).one());
  }

  @Test
  void whoeverReadsSeesNothingOfAChangeThatIsUnderWay() throws Exception {
    try (Database open = open();
        Database other = open()) {
      open.write(tx -> {
        tx.execute("INSERT INTO account (name, password, created) VALUES ('alice', '', 0)");
        assertThat(count(other)).isZero();
        return 0;
      });
      assertThat(count(other)).isOne();
    }
  }

  private static int count(Database database) {
    try {
      return database.read(
          db -> db.createQuery("SELECT COUNT(*) FROM account").mapTo(Integer.class).one());
    } catch (StoreException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aFileThatIsNoDatabaseIsNamed() throws Exception {
    Files.writeString(file, "this is no database at all".repeat(100));

    openingFails().withMessageContaining("not a database");
  }

  @Test
  void aDirectoryInItsPlaceIsNamed() throws Exception {
    Files.createDirectory(file);

    openingFails();
  }

  @Test
  void theDatabaseOfANewerVersionIsNotTouched() throws Exception {
    open().close();
    database.execute(
        """
        INSERT INTO flyway_schema_history (installed_rank, version, description, type, script,
          installed_by, execution_time, success)
        VALUES (99, '99', 'of the future', 'SQL', 'V99__of_the_future.sql', '', 0, 1)
        """);

    openingFails().withMessageContaining("newer culvert");
  }

  @Test
  void theDatabaseOfAnotherProgramIsNotTouched() throws Exception {
    database.execute("CREATE TABLE something (else_ TEXT)");

    openingFails().withMessageContaining("another program");
  }
}
