package io.culvert.lab.net;

import java.io.IOException;
import java.net.Inet4Address;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * A machine of a {@link Lab}: a host or a router. Code and programs run in its network, and in
 * everything else (files, memory, processes) where the laboratory runs. Safe for use by several
 * threads.
 *
 * <p>A socket belongs to the machine on whose thread it was made, whoever uses it later; so does
 * every thread, process and Netty event loop that was first started from such a thread. Note that
 * {@link java.net.Socket} makes its socket at {@code bind} or {@code connect}, and that threads of
 * shared pools (the common pool, the carriers of virtual threads) belong to whoever came first.
 */
public abstract sealed class Machine permits Host, Router {
  private final Namespace namespace;
  private final Processes processes;
  private final Cable cable;
  private final Inet4Address address;
  private final Inet4Address publicAddress;

  Machine(
      Namespace namespace,
      Processes processes,
      Cable cable,
      Inet4Address address,
      Inet4Address publicAddress) {
    this.namespace = namespace;
    this.processes = processes;
    this.cable = cable;
    this.address = address;
    this.publicAddress = publicAddress;
  }

  /** Code to run on a machine for its effect. */
  @FunctionalInterface
  public interface Work {
    void run() throws Exception;
  }

  public final String name() {
    return namespace.name();
  }

  /** The machine's own address: that of a router is the one on its outer side. */
  public final Inet4Address address() {
    return address;
  }

  /** The address that the internet sees: the outermost router's, or its own when there is none. */
  public final Inet4Address publicAddress() {
    return publicAddress;
  }

  /**
   * Loses packets at random on the machine's cable (a router's is its outer one), in each direction
   * independently, from now on until the next call. Nobody is told.
   *
   * @param percent 0 to 100; 0, as in the beginning, loses none
   * @throws LabException when the system refuses, or the lab is closed
   */
  public final void lose(int percent) {
    cable.lose(percent);
  }

  /** Pulls the cable: packets vanish, interfaces stay up. The same as to lose 100 %. */
  public final void unplug() {
    lose(100);
  }

  /** Plugs the cable in again; it loses nothing. */
  public final void plug() {
    lose(0);
  }

  /**
   * Calls the task on a fresh platform thread of this machine and waits for it. An interrupt is
   * handed on to that thread.
   *
   * @throws Exception what the task threw, the very same
   * @throws LabException when the lab is closed
   */
  public final <T extends @Nullable Object> T run(Callable<T> task) throws Exception {
    return namespace.call(task);
  }

  /** As {@link #run(Callable)}, for work without a result. */
  public final void run(Work work) throws Exception {
    namespace.<@Nullable Object>call(() -> {
      work.run();
      return null;
    });
  }

  /**
   * Starts a program on this machine; see {@link #start(ProcessBuilder)}.
   *
   * @throws IOException when no process can be started
   */
  public final Process start(String... command) throws IOException {
    return start(new ProcessBuilder(List.of(command)));
  }

  /**
   * Starts a program on this machine, with the builder's directory, environment and redirections.
   * It is killed when the lab closes. A program that does not exist ends with exit code 127 and a
   * line on stderr.
   *
   * @throws IOException when no process can be started
   */
  public final Process start(ProcessBuilder builder) throws IOException {
    return processes.start(builder, namespace);
  }

  @Override
  public final String toString() {
    return name() + " (" + address.getHostAddress() + ")";
  }

  final Namespace namespace() {
    return namespace;
  }
}
