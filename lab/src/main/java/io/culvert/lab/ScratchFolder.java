package io.culvert.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where somebody keeps what is gone with it. */
public record ScratchFolder(Path path) implements AutoCloseable {
  public static ScratchFolder make() throws IOException {
    return new ScratchFolder(Files.createTempDirectory("culvert-lab"));
  }

  @Override
  public void close() throws IOException {
    for (Path each : contents()) {
      Files.deleteIfExists(each);
    }
  }

  /** What is in a folder before the folder. */
  private List<Path> contents() throws IOException {
    try (Stream<Path> all = Files.walk(path)) {
      return all.sorted(Comparator.reverseOrder()).toList();
    }
  }
}
