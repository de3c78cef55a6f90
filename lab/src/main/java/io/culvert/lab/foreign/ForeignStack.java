package io.culvert.lab.foreign;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.culvert.lab.ScratchFolder;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** An ICE stack that Debian has. */
public enum ForeignStack {
  LIBNICE("libnice10", "import ctypes; ctypes.CDLL('libnice.so.10')"),
  AIOICE(
      "python3-aioice",
      "import importlib.util, sys; sys.exit(importlib.util.find_spec('aioice') is None)"),
  PION("golang-go golang-github-pion-ice.v2-dev", "");

  /** Debian's own, which finds the packages of Debian. */
  private static final String PYTHON = "/usr/bin/python3";

  private static final String GO = "/usr/bin/go";
  private static final Path GO_SOURCES = Path.of("/usr/share/gocode");
  private static final Path PION_SOURCES = GO_SOURCES.resolve("src/github.com/pion/ice/v2");

  private final String packages;
  private final String probe;

  ForeignStack(String packages, String probe) {
    this.packages = packages;
    this.probe = probe;
  }

  /** As its authors write it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether there is everything that {@link #program} needs. */
  public boolean isInstalled() throws IOException, InterruptedException {
    return switch (this) {
      case LIBNICE, AIOICE ->
          Files.isExecutable(Path.of(PYTHON)) && succeeds(new ProcessBuilder(PYTHON, "-c", probe));
      case PION -> Files.isExecutable(Path.of(GO)) && Files.isDirectory(PION_SOURCES);
    };
  }

  /** What to do about one that is not installed: a sentence. */
  public String missing() {
    return "There is no %s here: apt-get install %s.".formatted(this, packages);
  }

  /**
   * A peer that is made of it.
   *
   * @throws IOException when it cannot be had
   */
  public ForeignProgram program() throws IOException, InterruptedException {
    if (!isInstalled()) {
      throw new IOException(missing());
    }
    ScratchFolder folder = ScratchFolder.make();
    try {
      return new ForeignProgram(command(folder), folder);
    } catch (IOException | InterruptedException e) {
      folder.close();
      throw e;
    }
  }

  private List<String> command(ScratchFolder folder) throws IOException, InterruptedException {
    return switch (this) {
      case LIBNICE, AIOICE -> List.of(PYTHON, source(folder, this + "_peer.py").toString());
      case PION -> List.of(built(source(folder, this + "_peer.go")).toString());
    };
  }

  private static Path source(ScratchFolder folder, String name) throws IOException {
    Path file = folder.path().resolve(name);
    try (InputStream in = ForeignStack.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new FileNotFoundException(name);
      }
      Files.copy(in, file);
    }
    return file;
  }

  private static Path built(Path source) throws IOException, InterruptedException {
    Path folder = source.resolveSibling("go");
    Path program = source.resolveSibling("peer");
    ProcessBuilder build =
        new ProcessBuilder(GO, "build", "-o", program.toString(), source.toString())
            .redirectErrorStream(true);
    build.environment().put("GO111MODULE", "off");
    build.environment().put("GOPATH", GO_SOURCES.toString());
    build.environment().put("GOCACHE", folder.toString());
    build.environment().put("CGO_ENABLED", "0");
    Process process = build.start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("The peer of pion cannot be built:\n" + said);
    }
    return program;
  }

  private static boolean succeeds(ProcessBuilder program) throws IOException, InterruptedException {
    return program.redirectErrorStream(true).redirectOutput(Redirect.DISCARD).start().waitFor()
        == 0;
  }
}
