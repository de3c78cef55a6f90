package io.culvert.lab.turn;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** A program of Debian's package coturn. */
enum CoturnProgram {
  TURNSERVER,
  TURNUTILS_UCLIENT,
  TURNUTILS_PEER,
  TURNUTILS_NATDISCOVERY;

  private static final int PATIENCE_SECONDS = 50;

  boolean isInstalled() {
    return Files.isExecutable(path());
  }

  /** Starts it in that folder; what it prints goes to that file. */
  Process start(Path folder, Path output, List<String> options) throws IOException {
    List<String> command = new ArrayList<>(List.of(path().toString()));
    command.addAll(options);
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start();
  }

  /** Runs it to its end; returns what it has printed. */
  String run(Path folder, List<String> options) throws IOException, InterruptedException {
    Path output = Files.createTempFile(folder, this + "-", ".txt");
    boolean ended = run(folder, output, options, PATIENCE_SECONDS);
    String printed = Files.readString(output, StandardCharsets.ISO_8859_1);
    if (!ended) {
      throw new AssertionError("%s %s does not end:%n%s".formatted(this, options, printed));
    }
    return printed;
  }

  /** Runs it for so long and no longer, when it may not know how to end. */
  void runFor(int seconds, Path folder, List<String> options)
      throws IOException, InterruptedException {
    run(folder, Files.createTempFile(folder, this + "-", ".txt"), options, seconds);
  }

  private boolean run(Path folder, Path output, List<String> options, int seconds)
      throws IOException, InterruptedException {
    Process process = start(folder, output, options);
    try {
      return process.waitFor(seconds, TimeUnit.SECONDS);
    } finally {
      process.destroyForcibly().onExit().join();
    }
  }

  private Path path() {
    return Path.of("/usr/bin", toString());
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
