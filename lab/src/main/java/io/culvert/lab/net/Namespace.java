package io.culvert.lab.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/**
 * A network namespace without a name: a descriptor in this process keeps it alive, threads enter it
 * with {@code setns}, programs with {@code nsenter}. Safe for use by several threads.
 */
final class Namespace implements AutoCloseable {
  private static final Path SETTINGS = Path.of("/proc/sys/net");

  private final String name;
  private final int descriptor;
  private boolean closed;

  private Namespace(String name, int descriptor) {
    this.name = name;
    this.descriptor = descriptor;
  }

  static Namespace create(String name) {
    FutureTask<Integer> birth =
        new FutureTask<>(() -> {
          Kernel.unshareNetwork();
          quiet();
          return Kernel.openNetwork();
        });
    Thread.ofPlatform().name(name + "-birth").start(birth);
    return new Namespace(name, await(birth, "The network namespace of '" + name + "'"));
  }

  /** IPv6 only where it is asked for: without link-local addresses there is no chatter. */
  private static void quiet() throws IOException {
    Path defaults = SETTINGS.resolve("ipv6/conf/default");
    if (Files.exists(defaults)) {
      Files.writeString(defaults.resolve("addr_gen_mode"), "1");
      Files.writeString(defaults.resolve("accept_redirects"), "0");
    }
  }

  String name() {
    return name;
  }

  /** The path under which other programs of this process find the namespace. */
  synchronized String path() {
    requireOpen();
    try {
      // Not ProcessHandle.pid(): /proc may belong to an outer PID namespace with other numbers.
      return "/proc/" + Files.readSymbolicLink(Path.of("/proc/self")) + "/fd/" + descriptor;
    } catch (IOException e) {
      throw new UncheckedIOException("/proc does not show this process: mount it.", e);
    }
  }

  /** What the links /proc/PID/ns/net of processes in here read. */
  String identity() {
    try {
      return Files.readSymbolicLink(Path.of(path())).toString();
    } catch (IOException e) {
      throw new UncheckedIOException("The namespace of '" + name + "' cannot be identified.", e);
    }
  }

  /**
   * The command, run inside. By nsenter and not by a thread in here: the JDK's thread that waits
   * for the process would be born here, stay for a minute and keep the namespace.
   */
  List<String> inside(List<String> command) {
    List<String> entered = new ArrayList<>(List.of(Tool.NSENTER.path(), "--net=" + path(), "--"));
    entered.addAll(command);
    return entered;
  }

  /** Runs a script of ip(8), one command a line. */
  void ip(String... lines) {
    Command.run(inside(List.of(Tool.IP.path(), "-batch", "-")), String.join("\n", lines) + "\n");
  }

  /** Loads a ruleset of nft(8). */
  void nft(String ruleset) {
    Command.run(inside(List.of(Tool.NFT.path(), "-f", "-")), ruleset);
  }

  /** Sets a kernel setting of this namespace, for example {@code ipv4/ip_forward}. */
  void set(String setting, String value) {
    make(
        "The setting " + setting + "=" + value,
        () -> Files.writeString(SETTINGS.resolve(setting), value + "\n"));
  }

  /**
   * Makes something in here, on a fresh platform thread.
   *
   * @throws LabException when the task throws anything
   */
  <T> T make(String what, Callable<T> task) {
    FutureTask<T> making = inside(task);
    thread(making).start();
    return await(making, what + " of '" + name + "'");
  }

  /** As {@link #set}, for a setting that is there only when some module is loaded. */
  void setIfPresent(String setting, String value) {
    if (Files.exists(SETTINGS.resolve(setting))) {
      set(setting, value);
    }
  }

  /**
   * Calls the task on a fresh platform thread inside and waits for it. An interrupt of the caller
   * is handed on to that thread.
   */
  <T extends @Nullable Object> T call(Callable<T> task) throws Exception {
    FutureTask<T> future = inside(task);
    Thread thread = thread(future);
    thread.start();
    try {
      return future.get();
    } catch (InterruptedException e) {
      thread.interrupt();
      throw e;
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case Exception exception -> throw exception;
        case Error error -> throw error;
        case null, default -> throw e;
      }
    }
  }

  private <T extends @Nullable Object> FutureTask<T> inside(Callable<T> task) {
    return new FutureTask<>(() -> {
      enter();
      return task.call();
    });
  }

  private Thread thread(Runnable task) {
    return Thread.ofPlatform().name(name).unstarted(task);
  }

  private static <T> T await(FutureTask<T> task, String what) {
    try {
      return task.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof LabException known) {
        throw known;
      }
      throw new LabException(what + " cannot be made: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LabException(what + " was interrupted in the making.", e);
    }
  }

  private synchronized void enter() {
    requireOpen();
    Kernel.enterNetwork(descriptor);
  }

  /** The number of a closed descriptor may be that of another namespace by now. */
  private void requireOpen() {
    if (closed) {
      throw new LabException("'" + name + "' is gone: its lab is closed.");
    }
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      Kernel.close(descriptor);
    }
  }
}
