package io.culvert.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The files in which a person's commands keep things from one to the next: JSON objects in {@code
 * $XDG_CONFIG_HOME/culvert}, which is {@code ~/.config/culvert} when nothing is said; nobody else
 * can read them.
 */
final class PersonalFiles {
  private static final FileAttribute<?> OWN_DIRECTORY =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final FileAttribute<?> OWN_FILE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  private static final JsonMapper JSON = JsonMapper.shared();

  private PersonalFiles() {}

  static Path path(String name) {
    String configured = System.getenv("XDG_CONFIG_HOME");
    Path home = Path.of(System.getProperty("user.home"), ".config");
    Path config = configured == null || configured.isEmpty() ? home : Path.of(configured);
    return config.resolve("culvert").resolve(name);
  }

  /** What is in a file; empty when there is none. */
  static Optional<ObjectNode> read(String name) throws IOException {
    Path file = path(name);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try {
      if (JSON.readTree(Files.readAllBytes(file)) instanceof ObjectNode object) {
        return Optional.of(object);
      }
    } catch (JacksonException e) {
      // said below
    }
    throw new IOException("The file " + file + " is damaged; remove it.");
  }

  /** Writes all of it, or leaves what was there. */
  static void write(String name, ObjectNode content) throws IOException {
    Path file = path(name);
    Files.createDirectories(file.getParent(), OWN_DIRECTORY);
    Path fresh = Files.createTempFile(file.getParent(), name, ".new", OWN_FILE);
    Files.writeString(fresh, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(content));
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Removes it, if it is there. */
  static void delete(String name) throws IOException {
    Files.deleteIfExists(path(name));
  }

  static ObjectNode object() {
    return JSON.createObjectNode();
  }
}
