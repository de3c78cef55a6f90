package io.culvert.server.tag;

import static io.culvert.server.tag.ServiceOnPaper.at;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.culvert.server.net.ServerStartException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TagKeyTest {
  @TempDir private Path dir;

  @Test
  void aKeyIsKeptAndFoundAgain() throws Exception {
    Path data = dir.resolve("data");
    String tag = tag(TagKey.keptIn(data));
    assertThat(tag(TagKey.keptIn(data))).isEqualTo(tag);
    try (var files = Files.list(data)) {
      assertThat(files).containsExactly(data.resolve("tag.key"));
    }
  }

  @Test
  void nobodyElseCanReadIt() throws Exception {
    TagKey.keptIn(dir);
    Path file = dir.resolve("tag.key");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(file).hasSize(32);
  }

  @Test
  void noTwoServersHaveTheSame() throws Exception {
    assertThat(tag(TagKey.keptIn(dir.resolve("one"))))
        .isNotEqualTo(tag(TagKey.keptIn(dir.resolve("two"))));
    assertThat(tag(TagKey.random())).isNotEqualTo(tag(TagKey.random()));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 31, 33, 5000})
  void aFileThatIsNoKeyIsNamedAndStaysAsItIs(int bytes) throws Exception {
    Path file = Files.write(dir.resolve("tag.key"), new byte[bytes]);
    assertThatExceptionOfType(ServerStartException.class)
        .isThrownBy(() -> TagKey.keptIn(dir))
        .withMessage(
            "%s is not a key for tags, which has 32 bytes. Restore it, or delete it: every client"
                + " then gets another tag.",
            file);
    assertThat(file).hasSize(bytes);
  }

  @Test
  void whatCannotBeReadIsNamed() throws Exception {
    Path file = Files.createDirectory(dir.resolve("tag.key"));
    assertThatExceptionOfType(ServerStartException.class)
        .isThrownBy(() -> TagKey.keptIn(dir))
        .withMessageStartingWith(file + ", the key for tags, cannot be read: ")
        .withMessageEndingWith(" Restore it, or name another data directory with --data.");
  }

  @Test
  void aDataDirectoryThatCannotBeIsNamed() throws Exception {
    Path file = Files.writeString(dir.resolve("file"), "");
    assertThatExceptionOfType(ServerStartException.class)
        .isThrownBy(() -> TagKey.keptIn(file))
        .withMessage("The data directory %s is a file. Name another with --data.", file);
  }

  private static String tag(TagKey key) {
    return new Tags(key).choose(at("203.0.113.1", 1001), tag -> true).orElseThrow();
  }
}
