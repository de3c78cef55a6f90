package io.culvert.server.config;

import io.culvert.server.net.ServerStartException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/** The directory where a server keeps what must survive a restart. */
public final class DataDirectory {
  private static final Path OF_THE_SYSTEM = Path.of("/var/lib/culvert");

  private DataDirectory() {}

  /**
   * The directory when the operator names none: that of the system where this user may write there,
   * else one of their own.
   */
  static Path standard() {
    return standard(OF_THE_SYSTEM, System.getenv(), Path.of(System.getProperty("user.home")));
  }

  /** XDG Base Directory Specification: a relative path counts as none. */
  static Path standard(Path ofTheSystem, Map<String, String> environment, Path home) {
    Path nearest = ofTheSystem;
    while (!Files.exists(nearest) && nearest.getParent() != null) {
      nearest = nearest.getParent();
    }
    if (Files.isDirectory(nearest) && Files.isWritable(nearest)) {
      return ofTheSystem;
    }
    Path xdg = Path.of(environment.getOrDefault("XDG_DATA_HOME", ""));
    return (xdg.isAbsolute() ? xdg : home.resolve(".local/share")).resolve("culvert");
  }

  /**
   * Makes it, for this user only, unless it is there already.
   *
   * @throws ServerStartException when it cannot be made, or not be written to
   */
  public static void prepare(Path directory) throws ServerStartException {
    try {
      Files.createDirectories(directory, forOwnerOnly("rwx------"));
    } catch (FileAlreadyExistsException e) {
      throw new ServerStartException(
          "The data directory " + directory + " is a file. Name another with --data.", e);
    } catch (IOException e) {
      throw new ServerStartException(
          "The data directory %s cannot be created. Name another with --data, or create it for this user."
              .formatted(directory),
          e);
    }
    if (!Files.isWritable(directory)) {
      throw new ServerStartException(
          "The data directory %s belongs to somebody else: this user cannot write to it. Name another with --data."
              .formatted(directory),
          null);
    }
  }

  /**
   * Makes an empty file in it that only this user can read, unless it is there already.
   *
   * @throws IOException when it cannot be made
   */
  public static void createPrivateFile(Path file) throws IOException {
    try {
      Files.createFile(file, forOwnerOnly("rw-------"));
    } catch (FileAlreadyExistsException e) {
      // It keeps the mode it has: that may be the operator's wish.
    }
  }

  /**
   * Makes a file, or replaces it, that only this user can read. Whenever somebody looks it is whole
   * or not there.
   *
   * @throws IOException when it cannot be made
   */
  public static void writePrivateFile(Path file, byte[] content) throws IOException {
    Path unfinished = unfinished(file, content);
    try {
      Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  /**
   * The same, but leaves a file alone that is there already, or that somebody else makes meanwhile.
   *
   * @throws IOException when there is none and it cannot be made
   */
  static void addPrivateFile(Path file, byte[] content) throws IOException {
    Path unfinished = unfinished(file, content);
    try {
      // A move would replace what another process has just made, and perhaps used.
      Files.createLink(file, unfinished);
    } catch (FileAlreadyExistsException e) {
      // That one it is, then.
    } catch (UnsupportedOperationException e) {
      Files.move(unfinished, file);
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  private static Path unfinished(Path file, byte[] content) throws IOException {
    // For its owner only, by contract.
    Path unfinished = Files.createTempFile(file.toAbsolutePath().getParent(), "new", null);
    try {
      return Files.write(unfinished, content);
    } catch (IOException e) {
      Files.deleteIfExists(unfinished);
      throw e;
    }
  }

  private static FileAttribute<?>[] forOwnerOnly(String mode) {
    boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
    return posix
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
        }
        : new FileAttribute<?>[0];
  }
}
