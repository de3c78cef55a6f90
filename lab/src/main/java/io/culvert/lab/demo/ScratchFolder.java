package io.culvert.lab.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where a scene keeps what is gone with it. */
record ScratchFolder(Path path) implements AutoCloseable {
  static ScratchFolder make() throws IOException {
    return new ScratchFolder(Files.createTempDirectory("culvert-demo"));
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
