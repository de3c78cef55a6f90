package io.culvert.client.quic;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Set;

/** A file that only this user can read. Whenever somebody looks, it is whole or not there. */
record PrivateFile(Path path) {
  private static final Set<PosixFilePermission> OWNERS =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  /** Makes the directory that it is in, for this user only, unless it is there already. */
  void prepareDirectory() throws IOException {
    Path directory = directory();
    if (!Files.isDirectory(directory)) { // which may be a link to one
      Files.createDirectories(directory, forOwnerOnly("rwx------"));
    }
  }

  /**
   * Makes it, but leaves one alone that is there already, or that another process makes meanwhile.
   */
  void add(byte[] content) throws IOException {
    Path unfinished = unfinished(content);
    try {
      // A move would replace what another process has just made, and perhaps used.
      Files.createLink(path, unfinished);
    } catch (FileAlreadyExistsException e) {
      // That one it is, then.
    } catch (UnsupportedOperationException e) {
      Files.move(unfinished, path);
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  /** Makes it, or replaces it. */
  void replace(byte[] content) throws IOException {
    Path unfinished = unfinished(content);
    try {
      Files.move(unfinished, path, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(unfinished);
    }
  }

  /** Whether users other than its owner may do something with it, as far as the system tells. */
  boolean isOpenToOthers() throws IOException {
    return isPosix() && !OWNERS.containsAll(Files.getPosixFilePermissions(path));
  }

  private Path unfinished(byte[] content) throws IOException {
    // For its owner only, by contract.
    Path unfinished = Files.createTempFile(directory(), "new", null);
    try {
      return Files.write(unfinished, content);
    } catch (IOException e) {
      Files.deleteIfExists(unfinished);
      throw e;
    }
  }

  private Path directory() {
    return Objects.requireNonNull(path.toAbsolutePath().getParent(), "a file is in a directory");
  }

  private static FileAttribute<?>[] forOwnerOnly(String mode) {
    return isPosix()
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(mode))
        }
        : new FileAttribute<?>[0];
  }

  private static boolean isPosix() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
  }
}
