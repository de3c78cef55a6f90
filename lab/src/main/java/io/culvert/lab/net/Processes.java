package io.culvert.lab.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The programs that run on the machines of one lab. Safe for use by several threads. */
final class Processes {
  private static final Path PROC = Path.of("/proc");

  private final ConcurrentLinkedQueue<Process> started = new ConcurrentLinkedQueue<>();

  Process start(ProcessBuilder builder, Namespace namespace) throws IOException {
    List<String> command = List.copyOf(builder.command());
    builder.command(namespace.inside(command));
    try {
      Process process = builder.start();
      started.removeIf(old -> !old.isAlive());
      started.add(process);
      return process;
    } finally {
      builder.command(new ArrayList<>(command));
    }
  }

  /** Kills all that was started, and their children, as far as they live in the namespaces. */
  void kill(List<Namespace> namespaces) {
    List<String> networks = namespaces.stream().map(Namespace::identity).toList();
    List<ProcessHandle> doomed;
    do {
      for (Process process : started) {
        process.destroyForcibly();
      }
      doomed = living(networks);
      for (ProcessHandle process : doomed) {
        process.destroyForcibly();
      }
      for (Process process : started) {
        process.onExit().join();
      }
      started.clear();
    } while (!doomed.isEmpty());
  }

  private static List<ProcessHandle> living(List<String> networks) {
    if (!ownProc()) {
      return List.of();
    }
    List<ProcessHandle> found = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(PROC, "[0-9]*")) {
      for (Path entry : entries) {
        long pid = Long.parseLong(entry.getFileName().toString());
        if (network(entry).filter(networks::contains).isPresent()
            && pid != ProcessHandle.current().pid()) {
          ProcessHandle.of(pid).ifPresent(found::add);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("The processes of the lab cannot be listed.", e);
    }
    return found;
  }

  /** Whether the numbers in /proc are those that this process can kill by. */
  private static boolean ownProc() {
    try {
      String self = Files.readSymbolicLink(PROC.resolve("self")).toString();
      return self.equals(Long.toString(ProcessHandle.current().pid()));
    } catch (IOException e) {
      return false;
    }
  }

  private static Optional<String> network(Path process) {
    try {
      return Optional.of(Files.readSymbolicLink(process.resolve("ns/net")).toString());
    } catch (IOException e) {
      // It has just ended, or it is somebody else's.
      return Optional.empty();
    }
  }
}
