package io.culvert.lab.net;

import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.util.List;
import java.util.Optional;
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
  private final Interface first;

  Machine(Namespace namespace, Processes processes, Interface first) {
    this.namespace = namespace;
    this.processes = processes;
    this.first = first;
  }

  /** Code to run on a machine for its effect. */
  @FunctionalInterface
  public interface Work {
    void run() throws Exception;
  }

  public final String name() {
    return namespace.name();
  }

  /** The machine's own IPv4 address: that of a router is the one on its outer side. */
  public final Inet4Address address() {
    return first.address();
  }

  /** The machine's own IPv6 address, if it has one. */
  public final Optional<Inet6Address> address6() {
    return first.address6();
  }

  /** The address that the internet sees: the outermost router's, or its own when there is none. */
  public final Inet4Address publicAddress() {
    return first.publicAddress();
  }

  /** See {@link Interface#lose}: on the cable to a host, or on the outer one of a router. */
  public final void lose(int percent) {
    first.lose(percent);
  }

  /** See {@link Interface#unplug}. */
  public final void unplug() {
    first.unplug();
  }

  /** See {@link Interface#plug}. */
  public final void plug() {
    first.plug();
  }

  /** See {@link Interface#delay(Delay)}. */
  public final void delay(Delay delay) {
    first.delay(delay);
  }

  /** See {@link Interface#delay(Delay, Delay)}. */
  public final void delay(Delay sent, Delay received) {
    first.delay(sent, received);
  }

  /** See {@link Interface#duplicate}. */
  public final void duplicate(boolean wanted) {
    first.duplicate(wanted);
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
    return name() + " (" + address().getHostAddress() + ")";
  }

  final Interface firstInterface() {
    return first;
  }

  final Namespace namespace() {
    return namespace;
  }
}
