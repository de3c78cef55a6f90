package io.culvert.server.config;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.culvert.server.net.ServerStartException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
  private static final Path HOME = Path.of("/home/alice");

  private final Path dir;

  /** Where nobody can make a directory, not even root. */
  private final Path impossible;

  DataDirectoryTest(@TempDir Path dir) throws Exception {
    this.dir = dir;
    impossible = Files.createFile(dir.resolve("file")).resolve("culvert");
  }

  @Test
  void itIsThatOfTheSystemWhereThisUserMayWrite() throws Exception {
    assertThat(DataDirectory.standard(dir, Map.of(), HOME)).isEqualTo(dir);
    assertThat(DataDirectory.standard(dir.resolve("lib/culvert"), Map.of(), HOME))
        .as("one that this user may create")
        .isEqualTo(dir.resolve("lib/culvert"));
  }

  @Test
  void elseItIsOneOfTheUsersOwn() {
    assertThat(DataDirectory.standard(impossible, Map.of(), HOME))
        .isEqualTo(Path.of("/home/alice/.local/share/culvert"));
    assertThat(
            DataDirectory.standard(impossible, Map.of("XDG_DATA_HOME", "/home/alice/data"), HOME))
        .isEqualTo(Path.of("/home/alice/data/culvert"));
  }

  @Test
  void aRelativePathInTheEnvironmentCountsAsNone() {
    assertThat(DataDirectory.standard(impossible, Map.of("XDG_DATA_HOME", "data"), HOME))
        .isEqualTo(Path.of("/home/alice/.local/share/culvert"));
  }

  @Test
  void whatIsMadeIsForItsOwnerOnly() throws Exception {
    Path data = dir.resolve("a/b");

    DataDirectory.prepare(data);
    DataDirectory.createPrivateFile(data.resolve("file"));

    assertThat(mode(dir.resolve("a"))).isEqualTo("rwx------");
    assertThat(mode(data)).isEqualTo("rwx------");
    assertThat(mode(data.resolve("file"))).isEqualTo("rw-------");
  }

  @Test
  void whatIsThereStaysAsItIs() throws Exception {
    Path data = Files.createDirectory(dir.resolve("data"));
    Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwxr-x---"));
    Path file = Files.writeString(data.resolve("file"), "text");

    DataDirectory.prepare(data);
    DataDirectory.createPrivateFile(file);

    assertThat(mode(data)).isEqualTo("rwxr-x---");
    assertThat(file).hasContent("text");
  }

  @Test
  void aPrivateFileIsWrittenAsAWhole() throws Exception {
    Path file = dir.resolve("file");
    for (String content : new String[] {"first", "second"}) {
      DataDirectory.writePrivateFile(file, content.getBytes(US_ASCII));
      assertThat(file).hasContent(content);
      assertThat(mode(file)).isEqualTo("rw-------");
    }
    Path directory = dir.resolve("directory");
    Files.createDirectories(directory.resolve("not empty"));
    assertThatIOException()
        .isThrownBy(() -> DataDirectory.writePrivateFile(directory, new byte[1]));
    try (var files = Files.list(dir)) {
      assertThat(files).as("nothing unfinished is left").containsOnly(file, directory);
    }
  }

  @Test
  void aLinkToADirectoryIsADirectory() throws Exception {
    Path data = Files.createDirectory(dir.resolve("data"));

    DataDirectory.prepare(Files.createSymbolicLink(dir.resolve("link"), data));
  }

  @Test
  void aFileIsNone() throws Exception {
    assertThatExceptionOfType(ServerStartException.class)
        .isThrownBy(() -> DataDirectory.prepare(dir.resolve("file")))
        .withMessage(
            "The data directory %s is a file. Name another with --data.", dir.resolve("file"));
  }

  @Test
  void oneThatCannotBeMadeIsNamed() {
    assertThatExceptionOfType(ServerStartException.class)
        .isThrownBy(() -> DataDirectory.prepare(impossible))
        .withMessageContaining(impossible.toString())
        .withMessageContaining("--data");
  }

  private static String mode(Path path) throws Exception {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
